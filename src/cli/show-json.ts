import { lagOf, linksOf, ovsOf, portsOf, seenOf } from '../doctor/seen-parts.ts';
import type { Json } from '../model/json.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import type { Looked } from '../operate/diagnose.ts';
import { holderOf, ownerOf, representorName } from './show-pool.ts';
import { shownState } from './shown-plan.ts';

/** One host of `vflane.show/1`: all that was seen (`state`, `survey`), and the same by topic. */
export function shownJson(looked: Looked): { readonly [key: string]: Json } {
  const { patient } = looked;
  return {
    state: plain(shownState(patient.state)),
    survey: plain(patient.survey),
    kernel: kernelOf(looked),
    cards: cardsOf(looked),
    ports: portsJson(looked),
    bonds: bondsOf(looked),
    lag: lagJson(looked),
    pool: poolOf(looked),
    ovs: ovsJson(looked),
    hugepages: plain(patient.state.hugepages ?? {}),
  };
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

/** `{ "unseen": "why" }` stays what it is: never null, which is "looked, and there is none". */
function seen<Value>(value: Seen<Value> | undefined, of: (value: Value) => unknown = (one) => one): Json {
  return value === undefined ? null : isUnseen(value) ? { unseen: value.unseen } : plain(of(value));
}

function kernelOf({ patient: { state, survey } }: Looked): Json {
  return {
    release: state.kernel,
    config: seen(survey.config, ({ path, options }) => ({
      path,
      NET_TC_SKB_EXT: options.NET_TC_SKB_EXT ?? null,
      MLX5_CLS_ACT: options.MLX5_CLS_ACT ?? null,
    })),
    ofed: seen(survey.ofed),
    lockdown: seen(survey.lockdown),
    iommu: seen(state.iommu),
    root: state.root,
  };
}

function cardsOf({ patient: { state, survey } }: Looked): Json {
  return state.pfs.flatMap(({ pci, id }) => {
    const card = survey.cards[pci];
    if (card === undefined) return [];
    const { model, firmware, slot, numaNode, window } = card;
    return [
      {
        pci,
        id: id ?? null,
        model: model ?? null,
        firmware: seen(firmware),
        slot: seen(slot),
        numaNode: seen(numaNode),
        window: seen(window),
      },
    ];
  });
}

function portsJson({ patient: { state, survey } }: Looked): Json {
  return state.pfs.map((pf) => {
    const link = linksOf(state).find(({ name }) => name === pf.netdev);
    return {
      pci: pf.pci,
      netdev: pf.netdev ?? null,
      driver: pf.driver ?? null,
      up: link?.up ?? null,
      carrier: link?.carrier ?? null,
      speedMbps: (pf.netdev === undefined ? undefined : survey.speeds[pf.netdev]) ?? null,
      mtu: link?.mtu ?? null,
      master: link?.master ?? null,
      eswitch: seen(pf.eswitch),
      channels: seen(pf.channels),
      tcOffload: seen(pf.tcOffload),
      physSwitchId: link?.physSwitchId ?? null,
      numVfs: seen(pf.numVfs),
      totalVfs: seen(pf.totalVfs),
    };
  });
}

function bondsOf({ patient: { state } }: Looked): Json {
  const masters = new Set(portsOf(state).map(({ link }) => link.master));
  return linksOf(state)
    .filter(({ name, bond }) => masters.has(name) && bond !== undefined)
    .map(({ name, mtu, addresses, bond }) => plain({ name, mtu, addresses, ...bond }));
}

function lagJson({ patient: { state, survey } }: Looked): Json {
  const hidden = state.pfs.flatMap(({ lag }) => (lag !== undefined && isUnseen(lag) ? [lag] : []));
  const lag = lagOf(state);
  if (lag === undefined) return hidden[0] ? { unseen: hidden[0].unseen } : null;
  const mapping = survey.cards[lag.pci]?.lagMapping ?? [];
  return plain({ state: lag.state, type: lag.type ?? null, flags: lag.flags, mapping });
}

function poolOf(looked: Looked): Json {
  const { spec, fold } = looked.plan;
  const isKnown = spec !== undefined || Object.keys(fold.ledger.allocation).length > 0;
  return looked.patient.state.pfs.flatMap((pf) =>
    pf.vfs.map((vf) => {
      const owner = ownerOf(pf, vf, looked);
      const admin = seenOf(vf.admin);
      const holder = holderOf(vf, looked);
      return {
        pf: pf.pci,
        index: vf.index,
        pci: vf.pci,
        mac: admin?.mac ?? null,
        vlan: admin?.vlan ?? null,
        driver: vf.driver ?? null,
        iommuGroup: vf.iommuGroup ?? null,
        representor: representorName(pf, vf, looked) ?? null,
        guest: isKnown && owner !== 'spare' ? owner : null,
        holder: holder ? { pid: holder.pid, command: holder.command } : null,
      };
    }),
  );
}

function ovsJson({ patient: { state } }: Looked): Json {
  const ovs = ovsOf(state);
  if (ovs === undefined) return seen(state.ovs);
  const { version, settings, dpdkInitialized, daemon, bridges } = ovs;
  return plain({
    version,
    hwOffload: settings['hw-offload'] === 'true',
    dpdk: dpdkInitialized,
    daemon,
    bridges: bridges.map(({ name, datapathType, failMode, ports }) => ({
      name,
      datapathType,
      failMode,
      ports: ports.map(({ name: port, type, error }) => ({ name: port, type, error })),
      tunnels: ports
        .filter(({ type }) => type === 'vxlan')
        .map(({ name: port, options }) => ({
          name: port,
          local: options.local_ip,
          remote: options.remote_ip,
          vni: options.key,
        })),
    })),
  });
}
