import { dark, light, type Theme } from './theme.ts';

function colours({ text, faint, line, ghost, paper, good, bad }: Theme): string {
  return `--text:${text};--faint:${faint};--line:${line};--ghost:${ghost};--paper:${paper};--good:${good};--bad:${bad}`;
}

/** The page's look: light or dark as the reader's system is set, light on paper. */
export const style = `
:root{color-scheme:light dark;${colours(light)};--ground:#f4f6f9}
.dark-chart{display:none}
@media (prefers-color-scheme:dark){
:root{${colours(dark)};--ground:#0e131a}
.dark-chart{display:block}.light-chart{display:none}
}
@media print{:root{${colours(light)};--ground:#fff}.dark-chart{display:none!important}.light-chart{display:block!important}section{break-inside:avoid}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1040px;margin:0 auto;padding:40px 20px 80px}
h1{font-size:27px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:18px;margin:0 0 4px}
h3{font-size:15px;margin:24px 0 4px}
p{margin:0 0 12px;color:var(--faint);max-width:75ch}
section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:22px 24px;margin-top:22px}
svg{width:100%;height:auto;display:block}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:600;text-align:right;vertical-align:bottom;color:var(--faint);border-bottom:1px solid var(--line);padding:8px 10px;white-space:nowrap}
td{text-align:right;padding:8px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
tr:last-child td{border-bottom:0}
th:first-child,td:first-child{text-align:left;padding-left:0}
td small,th small{display:block;color:var(--faint);font-size:11.5px;line-height:1.3}
.mark{display:inline-block;border-radius:999px;padding:1px 9px;font-size:12px;border:1px solid var(--line);color:var(--faint);margin-left:8px;vertical-align:2px}
.card{color:var(--good);border-color:currentColor}.partial{color:var(--bad);border-color:currentColor}
details{margin-top:14px}summary{cursor:pointer;color:var(--faint)}
a{color:inherit}
table+h2{margin-top:30px}.scroll+h2,.scroll+details{margin-top:26px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:10px 0 0;font-size:13.5px}
dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}
.swatch{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px}
.matrix{font-size:12.5px}.matrix th,.matrix td{padding:6px 5px}.matrix th{white-space:normal;line-height:1.25}
td.kept{color:var(--good)}td.leaked{color:var(--bad);font-weight:600}
footer{color:var(--faint);font-size:13px;margin-top:28px}
`;
