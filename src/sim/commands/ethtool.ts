import { hasCarrier } from '../carrier.ts';
import { cardOf, functionAt, kernelOf, pfAt } from '../functions.ts';
import { findNetdev } from '../netdevs.ts';
import type { Netdev, SimState } from '../state.ts';
import { type Call, failed, type Program, type Reply, said, silent } from './program.ts';
import { own } from './words.ts';

type Verb = (call: Call, netdev: Netdev, words: readonly string[], json: boolean) => Reply;

const verbs: { readonly [option: string]: Verb | undefined } = {
  '-l': showChannels,
  '--show-channels': showChannels,
  '-L': setChannels,
  '--set-channels': setChannels,
  '-k': showFeatures,
  '--show-features': showFeatures,
  '-K': setFeatures,
  '--features': setFeatures,
  '-i': showDriver,
  '-S': () => failed(94, 'no stats available\n'),
};

/** `ethtool` 6.14 of Debian 13 (6.1 on 12). */
export const ethtool: Program = (call) => {
  const json = call.argv.includes('--json') || call.argv.includes('-j');
  const words = call.argv.slice(1).filter((word) => word !== '--json' && word !== '-j');
  if (words[0] === '--version') return said('ethtool version 6.14.2\n');
  const [first = '', second] = words;
  const verb = own(verbs, first);
  const name = verb ? (second ?? '') : first;
  if (first.startsWith('-') && !verb) return failed(1, badArguments);
  const netdev = findNetdev(call.state, call.ns, name);
  if (!netdev) return missing(first);
  return verb ? verb(call, netdev, words.slice(2), json) : link(call.state, netdev);
};

/** The old ioctl commands fail with EX_OSERR (sysexits.h). */
function missing(option: string): Reply {
  if (option === '-i') return failed(71, 'Cannot get driver information: No such device\n');
  return failed(1, 'netlink error: no device matches name (offset 24)\nnetlink error: No such device\n');
}

const badArguments = 'ethtool: bad command line argument(s)\nFor more information run ethtool -h\n';

function link(state: SimState, netdev: Netdev): Reply {
  const speed = hasCarrier(state, netdev) ? `${cardOf(state).speedMbps}Mb/s` : 'Unknown!';
  return said(
    `Settings for ${netdev.name}:\n\tSpeed: ${speed}\n\tLink detected: ${hasCarrier(state, netdev) ? 'yes' : 'no'}\n`,
  );
}

/** In JSON only since 6.15 (facts §5). */
function showChannels(call: Call, netdev: Netdev, _words: readonly string[], json: boolean): Reply {
  if (json) {
    const why = 'JSON output not available for this subcommand\n';
    return failed(1, `ethtool: bad command line argument(s)\n${why}For more information run ethtool -h\n`);
  }
  if (netdev.maxChannels === 0) return failed(1, 'netlink error: Operation not supported\n');
  const other = cardOf(call.state).switchdev ? 'n/a' : '1';
  const part = (combined: number) => `RX:\t\tn/a\nTX:\t\tn/a\nOther:\t\t${other}\nCombined:\t${combined}\n`;
  return said(
    `Channel parameters for ${netdev.name}:\nPre-set maximums:\n${part(netdev.maxChannels)}Current hardware settings:\n${part(netdev.channels)}`,
  );
}

function setChannels(call: Call, netdev: Netdev, words: readonly string[]): Reply {
  const [key, value = ''] = words;
  if (call.state.uid !== 0) return failed(1, 'netlink error: Operation not permitted\n');
  if (netdev.maxChannels === 0) return failed(1, 'netlink error: Operation not supported\n');
  if (key !== 'combined' || !/^\d+$/.test(value)) return failed(1, badArguments);
  const count = Number(value);
  if (count > netdev.maxChannels) {
    const why = 'netlink error: requested channel count exceeds maximum (offset 40)\n';
    return failed(1, `${why}netlink error: Invalid argument\n`);
  }
  if (count === 0) return failed(1, 'netlink error: Invalid argument\n');
  netdev.channels = count;
  return silent;
}

/** Nothing offloads tc without CLS_ACT (facts §0); igb never does. */
function isFixed(state: SimState, netdev: Netdev): boolean {
  const canOffload = cardOf(state).switchdev && kernelOf(state).clsAct;
  return !canOffload || !(netdev.kind === 'representor' || netdev.kind === 'pf');
}

function showFeatures({ state }: Call, netdev: Netdev, _words: readonly string[], json: boolean): Reply {
  const fixed = isFixed(state, netdev);
  const active = !fixed && netdev.hwTc;
  const tx = netdev.fillsChecksums !== true;
  const record = {
    ifname: netdev.name,
    'rx-checksumming': { active: true, fixed: false, requested: true },
    // A group of features is neither fixed nor requested.
    'tx-checksumming': { active: tx, fixed: null, requested: null },
    'hw-tc-offload': { active, fixed, requested: active },
  };
  if (json) return said(`${JSON.stringify([record])}\n`);
  return said(
    `Features for ${netdev.name}:\nrx-checksumming: on\ntx-checksumming: ${tx ? 'on' : 'off'}\nhw-tc-offload: ${active ? 'on' : 'off'}${fixed ? ' [fixed]' : ''}\n`,
  );
}

function setFeatures({ state }: Call, netdev: Netdev, words: readonly string[]): Reply {
  const [feature, value] = words;
  if (state.uid !== 0) return failed(1, 'netlink error: Operation not permitted\n');
  if (feature === 'tx') return setTxChecksum(netdev, value);
  if (feature !== 'hw-tc-offload')
    return feature === undefined || value === undefined ? failed(1, badArguments) : silent;
  if (value !== 'on' && value !== 'off') return failed(1, badArguments);
  if (value === 'on' && isFixed(state, netdev)) {
    return failed(
      1,
      'Could not change any device features\n',
      'Actual changes:\nhw-tc-offload: off [requested on]\n',
    );
  }
  netdev.hwTc = value === 'on';
  return silent;
}

/** Dependent features follow, and are printed (netdev_features_change; seen on a veth of Linux 6.18, ethtool 6.1). */
function setTxChecksum(netdev: Netdev, value: string | undefined): Reply {
  if (value !== 'on' && value !== 'off') return failed(1, badArguments);
  const fills = value === 'off';
  if ((netdev.fillsChecksums === true) === fills) return silent;
  netdev.fillsChecksums = fills;
  const segmentation = ['tcp', 'tcp-ecn', 'tcp-mangleid', 'tcp6', 'udp'];
  const followers = segmentation.map((kind) => `tx-${kind}-segmentation: ${value} [not requested]\n`);
  return said(['Actual changes:\n', `tx-checksum-ip-generic: ${value}\n`, ...followers].join(''));
}

const virtualDrivers: { readonly [kind: string]: string | undefined } = {
  bond: 'bonding',
  management: 'e1000e',
  tap: 'tun',
  vlan: '802.1Q VLAN Support',
};

function showDriver({ state }: Call, netdev: Netdev): Reply {
  const card = cardOf(state);
  const driver =
    netdev.kind === 'representor'
      ? 'mlx5e_rep'
      : (functionAt(state, netdev.pci)?.driver ?? virtualDrivers[netdev.kind] ?? netdev.kind);
  const version = pfAt(state, netdev.pci) ? card.firmware : '';
  const yes =
    'supports-statistics: yes\nsupports-test: yes\nsupports-eeprom-access: yes\nsupports-register-dump: yes\nsupports-priv-flags: yes\n';
  return said(
    `driver: ${driver}\nversion: ${kernelOf(state).release}\nfirmware-version: ${version}\nexpansion-rom-version: \nbus-info: ${netdev.pci}\n${yes}`,
  );
}
