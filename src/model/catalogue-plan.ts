import type { CatalogueEntry } from './finding.ts';

/** VF3xxx: what a plan would do. */
export const planFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF3001',
    severity: 'error',
    title: 'Something the plan depends on could not be looked at',
    explanation:
      'vflane compares what is there with what is wanted, and here it could not see what is there: a tool is missing, refused to answer, or root is needed. What was not seen is never taken for absent, so no plan is made from it. Make it readable and ask again.',
  },
  {
    code: 'VF3002',
    severity: 'error',
    title: 'Something that vflane did not make is in the way',
    explanation:
      'A thing stands where vflane would put its own, and the ledger on the host (/var/lib/vflane) does not say that vflane made it. Somebody else may be using it, so it is left alone. Remove it yourself if it is not needed. A pool of VFs counts as one thing, because the kernel changes its size only through 0, which destroys every VF (drivers/pci/iov.c).',
  },
  {
    code: 'VF3003',
    severity: 'error',
    title: 'A running guest would be interrupted',
    explanation:
      'A step would take something from a guest that is using it: its VF (its VFIO group is open, or its netdev is in the guest’s namespace), its lane, or what carries all of the host’s tunnels: the PF’s MTU, a restart of Open vSwitch, the bond of the ports, the tunnel address. Each guest is named, before anything is done. Stop it first, or say --allow-disruption. With a VM still holding the VF, the kernel may block the write until the VM lets go (drivers/vfio, vfio_unregister_group_dev), so stopping it is the better way.',
  },
  {
    code: 'VF3004',
    severity: 'warning',
    title: 'The plan touches the operator’s own way in',
    explanation:
      'You are connected to the host over a port that this plan changes. It is therefore applied as if --confirm-within 60s had been said: the way back is armed on the host before the first change, and unless `vflane confirm` reaches it in time, the host undoes the plan by itself.',
  },
  {
    code: 'VF3005',
    severity: 'warning',
    title: 'A port stays up, because the host uses it',
    explanation:
      'A way back would set the port as vflane found it: down. Since then the host has got an address there, or has put the port into a bond or bridge of its own. Taking it down would take the host’s own network with it, so it stays. Everything else is taken back.',
  },
  {
    code: 'VF3010',
    severity: 'error',
    title: 'A plan was interrupted',
    explanation:
      'vflane, the host’s connection or the power went away while a plan was being applied. The journal on the host knows which steps were done. `vflane resume` goes on from there, `vflane rollback` undoes what was begun; until one of them is done, no other plan is applied. After a reboot of the host nothing is replayed: it is looked at and planned anew.',
  },
  {
    code: 'VF3011',
    severity: 'error',
    title: 'A plan waits to be confirmed',
    explanation:
      'A plan was applied with --confirm-within, and the host will take it back by itself when its time runs out. `vflane confirm` keeps it, `vflane rollback` takes it back now. Until then no other plan is applied, because it might be taken back together with this one.',
  },
  {
    code: 'VF3012',
    severity: 'error',
    title: 'The host has changed since the plan was made',
    explanation:
      'A plan carries a digest of what it touches and of the boot it was made in. The host was looked at again under the lock, and the digest is another: somebody changed something, or the host was restarted. Nothing was done. Plan again, look at what is different, and apply that.',
  },
  {
    code: 'VF3020',
    severity: 'error',
    title: 'A step failed, and everything was taken back',
    explanation:
      'A command failed, gave no answer, or said yes while the host did not follow. Every step that had begun was undone, last first, and a look at the host found everything as it was before. The message holds the command and its own last words.',
  },
  {
    code: 'VF3021',
    severity: 'error',
    title: 'Something could not be taken back',
    explanation:
      'A rollback ends with a look at the host, and the look found something that is not as it was before. It is listed, with what it was and what it is now, and stays in the ledger, so that vflane still answers for it. Free what is in use, and say `vflane plan`, `vflane undo` or `vflane destroy`.',
  },
  {
    code: 'VF3022',
    severity: 'error',
    title: 'The plan was not begun',
    explanation:
      'The plan could not be written down or its way back could not be armed before the first step, so nothing was done. The message says why.',
  },
  {
    code: 'VF3023',
    severity: 'error',
    title: 'The plan was stopped on request',
    explanation:
      'Somebody pressed Ctrl-C. vflane stopped between two operations; what was done so far is there and in the journal. Go on with `vflane resume`, or back with `vflane rollback`.',
  },
  {
    code: 'VF3024',
    severity: 'error',
    title: 'A guest is still on the host that it moves from',
    explanation:
      'A guest that the file moves keeps its MAC and its addresses, so it is taken down on the one host before it is set up on the other: twice on one network it would take its own traffic from itself. The host that it leaves was not brought to its plan, so the host that it comes to was not begun.',
  },
  {
    code: 'VF3025',
    severity: 'error',
    title: 'Hosts that exchange guests wait for each other',
    explanation:
      'Each of these hosts is to be given a guest that another of them still has, so that none can go first without a guest being on two hosts at once. Move one of the guests in two applies: out of the file, and in again under its new host.',
  },
  {
    code: 'VF3026',
    severity: 'warning',
    title: 'A guest may still run on a host that was not asked',
    explanation:
      'A guest is new on a host, and another host of the file does not answer, or was left out by `--host`: a guest that moves then comes up here before it goes down there. If the guest was there, it may still be: a host whose way in is cut forwards packets all the same, and the guest keeps its MAC and its addresses, so that both would take each other’s traffic. Switch that host off, or see at its console that the guest is off, before the plan is applied. When it is back, `vflane apply` takes the guest away there.',
  },
];
