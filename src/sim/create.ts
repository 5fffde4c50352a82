import { boot, volatile } from './boot.ts';
import { type CardName, cards } from './cards.ts';
import { advance, nowMs } from './clock.ts';
import { baseFolders } from './folders.ts';
import { type KernelName, kernels } from './kernels.ts';
import { textOf } from './machines/images.ts';
import { newOvs } from './ovs/create.ts';
import { defaultPackages } from './packages.ts';
import type { Clock, SimState } from './state.ts';
import { linksOfPackages } from './systemd/packaged.ts';
import { newSystemd } from './systemd/state.ts';

export interface SimOptions {
  readonly name: string;
  readonly card?: CardName;
  readonly kernel?: KernelName;
  /** NUM_OF_VFS of the firmware, per port; reduced to the card's maximum if higher. */
  readonly numOfVfs?: number;
  readonly uid?: number;
  readonly iommu?: boolean;
  /** Debian packages that are installed, and no others; by default, all that the simulator knows. */
  readonly packages?: readonly string[];
}

const defaultNumOfVfs = 16;
/** 2026-01-01, where the clock of an in-memory host starts. */
const epochMs = 1_767_225_600_000;

export function createState(options: SimOptions, clock: Clock = { kind: 'own', nowMs: epochMs }): SimState {
  const { name, card = 'connectx5', kernel = 'debian-13', uid = 0, iommu = true } = options;
  const packages = options.packages ?? defaultPackages;
  const numOfVfs = Math.min(options.numOfVfs ?? defaultNumOfVfs, cards[card].maxVfs);
  const state = structuredClone(booted({ name, card, kernel, uid, iommu, packages, numOfVfs }));
  const tookMs = nowMs(state) - epochMs;
  const startMs = nowMs({ ...state, clock });
  state.clock = { ...clock };
  advance(state, tookMs);
  moveTimes(state, startMs - epochMs);
  return state;
}

const known = new Map<string, SimState>();
const remembered = 50;

/** A host after its first boot, at `epochMs`: copying one is faster than booting. */
function booted(options: Required<SimOptions>): SimState {
  const key = JSON.stringify(options);
  const found = known.get(key) ?? firstBoot(options);
  if (known.size >= remembered) known.clear();
  known.set(key, found);
  return found;
}

/** Moves the recorded times of the first boot. */
function moveTimes(state: SimState, byMs: number): void {
  if (byMs === 0) return;
  const moved = (at: number) => (at === 0 ? 0 : at + byMs);
  state.bootedMs = moved(state.bootedMs ?? 0);
  state.dmesgMs = (state.dmesgMs ?? []).map(moved);
  if (state.ovs.daemon) state.ovs.daemon.startedMs = moved(state.ovs.daemon.startedMs);
  for (const entry of state.systemd.journal) entry.at = moved(entry.at);
  for (const unit of Object.values(state.systemd.units)) {
    unit.startsMs = unit.startsMs.map(moved);
    for (const time of ['changedMs', 'activeEnterMs', 'activeExitMs', 'inactiveEnterMs'] as const)
      unit[time] = moved(unit[time]);
  }
}

function firstBoot({ name, card, kernel, uid, iommu, packages, numOfVfs }: Required<SimOptions>): SimState {
  const state: SimState = {
    schema: 'vflane.sim-state/4',
    name,
    card,
    kernel,
    uid,
    iommu,
    generation: 0,
    boots: 0,
    clock: { kind: 'own', nowMs: epochMs },
    numOfVfs,
    nextNumOfVfs: numOfVfs,
    cables: [true, true],
    ...volatile(),
    packages: [...packages],
    ovs: newOvs(name),
    files: {},
    links: {},
    folders: [...baseFolders],
    systemd: newSystemd(),
    log: [],
    faults: [],
  };
  state.files = baseFiles(state);
  state.links = linksOfPackages(state);
  boot(state, true);
  return state;
}

/** Makes a brand-new host of the same kind, which differs from the old one only in its generation. */
export function reset(state: SimState): void {
  const { name, card, kernel, uid, iommu, packages } = state;
  const fresh = createState(
    { name, card, kernel, uid, iommu, packages, numOfVfs: state.nextNumOfVfs },
    state.clock,
  );
  const generation = state.generation + 1;
  Object.assign(state, fresh, { generation });
}

function baseFiles(state: SimState): SimState['files'] {
  const { debian } = kernels[state.kernel];
  const codename = debian === 13 ? 'trixie' : 'bookworm';
  return {
    [`/var/lib/vflane/images/debian-${debian}.qcow2`]: textOf({ format: 'qcow2', bytes: 3 * 1024 ** 3 }),
    '/etc/hostname': `${state.name}\n`,
    '/usr/sbin/update-grub': '#!/bin/sh\n',
    '/etc/debian_version': `${debian}.1\n`,
    '/etc/os-release': `PRETTY_NAME="Debian GNU/Linux ${debian} (${codename})"\nNAME="Debian GNU/Linux"\nVERSION_ID="${debian}"\nVERSION_CODENAME=${codename}\nID=debian\n`,
  };
}
