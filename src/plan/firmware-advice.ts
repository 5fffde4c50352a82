import { placeOf } from '../doctor/rule.ts';
import { finding } from '../model/catalogue.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { compareVersions, firmwarePage } from '../model/firmware.ts';
import { isUnseen } from '../model/unseen.ts';
import {
  type FirmwareAsked,
  type FirmwareCard,
  mostForLag,
  nextOf,
  seenOf,
  wantedVfs,
} from './firmware-asked.ts';
import { budgetFindings } from './firmware-budget.ts';
import { reasonsAgainstReset } from './firmware-in-use.ts';

/** Findings on what was asked for: what stands against it, and what it takes. */
export function adviceFindings(asked: FirmwareAsked): readonly Finding[] {
  return asked.cards.flatMap((card) => [
    ...poolFindings(asked, card),
    ...budgetFindings(asked, card),
    ...imageFindings(asked, card),
    ...resetFindings(asked, card),
  ]);
}

/** ConnectX-5’s ceiling (facts §6.2). */
const mostOnConnectX5 = 127;

function poolFindings(asked: FirmwareAsked, card: FirmwareCard): readonly Finding[] {
  const { host, vfs } = asked;
  const where = placeOf(asked, 'vfs');
  const wanted = wantedVfs(asked, card);
  const next = nextOf(card, 'NUM_OF_VFS');
  if (next === undefined && !isUnseen(card.firmware.settings))
    return [
      finding(
        'VF2206',
        where,
        `${host.name}: the firmware of ${card.pci} has no NUM_OF_VFS`,
        'It offers no SR-IOV. Look whether a newer firmware does: vflane firmware show.',
      ),
    ];
  if (card.hasLag && wanted > mostForLag)
    return [
      finding(
        'VF2211',
        where,
        `${host.name}: NUM_OF_VFS=${wanted} is asked for, and above ${mostForLag} the card pairs no ports`,
        `Ask for at most ${mostForLag}, or take legacy-vlan, which needs no LAG.`,
      ),
    ];
  if (card.model?.startsWith('ConnectX-5') && wanted > mostOnConnectX5)
    return [
      finding(
        'VF2214',
        where,
        `${host.name}: NUM_OF_VFS=${wanted} is asked for, and a ${card.model} has at most ${mostOnConnectX5}`,
        `Ask for at most ${mostOnConnectX5}.`,
      ),
    ];
  if (vfs !== undefined && vfs < host.vfs)
    return [
      finding(
        'VF2218',
        where,
        `${host.name}: --vfs ${vfs} is asked for, and the file has a pool of ${host.vfs}`,
        `Say at least --vfs ${host.vfs}, or lower vfs: in the file.`,
      ),
    ];
  if (card.hasLag && next !== undefined && next > mostForLag)
    return [
      finding(
        'VF2217',
        where,
        `${host.name}: NUM_OF_VFS of ${card.pci} is ${next}, and above ${mostForLag} the card pairs no ports: it is lowered to ${mostForLag}`,
        'The file asks for a LAG. The firmware’s number counts, not that of the VFs in use.',
      ),
    ];
  return [];
}

function imageFindings(asked: FirmwareAsked, card: FirmwareCard): readonly Finding[] {
  const { image, host } = asked;
  const flash = seenOf(card.firmware.flash);
  if (image === undefined) return [];
  const where = { host: host.name, at: image.file };
  if (isUnseen(image.is))
    return [
      finding(
        'VF2207',
        where,
        `${host.name}: mstflint reads no image there: ${refusalIn(image.is.unseen)}`,
        howToBring(host, image.file),
      ),
    ];
  if (flash === undefined) return [];
  if (image.is.psid !== flash.psid && isForAnother(asked, image.is.psid)) return [];
  if (image.is.psid !== flash.psid)
    return [
      finding(
        'VF2208',
        where,
        `${host.name}: the image is for the board ${image.is.psid}, and ${card.pci} is ${flash.psid}`,
        `Take the image of exactly this PSID: ${firmwarePage(card.model)}`,
      ),
    ];
  const age = compareVersions(image.is.version, flash.version);
  if (age === 0)
    return [
      finding(
        'VF2209',
        where,
        `${host.name}: ${card.pci} has firmware ${flash.version} in its flash already: nothing is burnt`,
        'Nothing to do.',
      ),
    ];
  return age > 0
    ? []
    : [
        finding(
          'VF2210',
          where,
          `${host.name}: the image (${image.is.version}) is older than what ${card.pci} has (${flash.version})`,
          'It is burnt if you say --yes. Older firmware may not know settings that are in use.',
        ),
      ];
}

/** mstflint's own message, which it prints on stdout. */
function refusalIn(text: string): string {
  return /-E- (.*\S)/.exec(text)?.[1] ?? text;
}

function howToBring({ name, connect }: FabricHost, file: string): string {
  if (/\.zip$/i.test(file)) return `Unpack it on ${name}, and name the .bin that is in it: unzip ${file}`;
  const copy =
    connect.kind === 'ssh'
      ? ` Copy it there: scp IMAGE.bin ${connect.destination}:/root/, then --image /root/IMAGE.bin.`
      : '';
  return `The path is one of ${name} itself, not of the machine where you are, and of the unpacked .bin.${copy}`;
}

/** Of several cards, the image is for those with its board id. */
function isForAnother({ cards }: FirmwareAsked, psid: string): boolean {
  return cards.some(({ firmware }) => seenOf(firmware.flash)?.psid === psid);
}

function resetFindings(asked: FirmwareAsked, card: FirmwareCard): readonly Finding[] {
  if (!asked.reset) return [];
  const reasons = reasonsAgainstReset(asked, card);
  if (reasons.length === 0) return [];
  return [
    finding(
      'VF2215',
      { ...placeOf(asked, 'nic'), at: card.pci },
      `${asked.host.name}: ${card.pci} is not reset: ${reasons.join('; ')}`,
      'Leave --reset out: what is written counts from the host’s next start on.',
    ),
  ];
}
