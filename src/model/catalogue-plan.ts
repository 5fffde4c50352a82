import type { CatalogueEntry } from './finding.ts';

/** VF3xxx: what a plan would do. */
export const planFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF3001',
    severity: 'error',
    title: 'Something the plan depends on could not be read',
    explanation:
      'vflane compares what is there with what is wanted, and could not see what is there: a tool is missing or refused to answer, or root is needed. What was not seen is never taken for absent, so no plan is made from it. Make it readable and try again.',
  },
  {
    code: 'VF3002',
    severity: 'error',
    title: 'Something that vflane did not make is in the way',
    explanation:
      'Something is where vflane would put its own, and the ledger on the host (/var/lib/vflane) does not say that vflane made it. Somebody else may be using it, so it is left alone. Remove it yourself if it is not needed. A pool of VFs counts as one thing, because the kernel changes its size only through 0, which destroys every VF (drivers/pci/iov.c).',
  },
  {
    code: 'VF3003',
    severity: 'error',
    title: 'A running guest would be interrupted',
    explanation:
      'A step would take something from a guest that is using it: its VF (its VFIO group is open, or its netdev is in the guest’s namespace), its lane, or what carries all of the host’s tunnels: the PF’s MTU, a restart of Open vSwitch, the bond of the ports, the tunnel address. Each guest is named before anything is done. Stop it first, or use --allow-disruption. While a VM holds the VF, the kernel may block the write until the VM lets go (drivers/vfio, vfio_unregister_group_dev), so stopping it is better.',
  },
  {
    code: 'VF3004',
    severity: 'warning',
    title: 'The plan touches your own way in',
    explanation:
      'You are connected to the host over a port that this plan changes. It is therefore applied as if you had said --confirm-within 60s: a rollback is armed on the host before the first change, and unless `vflane confirm` reaches it in time, the host undoes the plan by itself.',
  },
  {
    code: 'VF3005',
    severity: 'warning',
    title: 'A port stays up because the host uses it',
    explanation:
      'Going back would set the port as vflane found it: down. Since then the host has an address there, or has put the port into a bond or bridge of its own. Taking it down would take the host’s own network down with it, so it stays up. Everything else is undone.',
  },
  {
    code: 'VF3010',
    severity: 'error',
    title: 'A plan was interrupted',
    explanation:
      'vflane, the host’s connection or the power failed while a plan was being applied. The journal on the host records which steps were done. `vflane resume` goes on from there, `vflane rollback` undoes what was begun; until then, no other plan is applied. After a reboot of the host nothing is replayed: vflane looks at it again and plans anew.',
  },
  {
    code: 'VF3011',
    severity: 'error',
    title: 'A plan is waiting to be confirmed',
    explanation:
      'A plan was applied with --confirm-within, and the host will undo it by itself when its time runs out. `vflane confirm` keeps it, `vflane rollback` undoes it now. Until then no other plan is applied, because it might be undone together with this one.',
  },
  {
    code: 'VF3012',
    severity: 'error',
    title: 'The host has changed since the plan was made',
    explanation:
      'A plan carries a digest of what it touches and of the boot it was made in. vflane looked at the host again under the lock, and the digest differs: somebody changed something, or the host was restarted. Nothing was done. Plan again, look at what is different, and apply that.',
  },
  {
    code: 'VF3020',
    severity: 'error',
    title: 'A step failed, and everything was undone',
    explanation:
      'A command failed, did not answer, or reported success while the host did not follow. Every step that had begun was undone, last first, and a look at the host found everything as before. The message has the command and its last words.',
  },
  {
    code: 'VF3021',
    severity: 'error',
    title: 'Something could not be undone',
    explanation:
      'A rollback ends with a look at the host, which found something that is not as it was before. It is listed, with what it was and what it is now, and stays in the ledger, so vflane still answers for it. Free what is in use, and run `vflane plan`, `vflane undo` or `vflane destroy`.',
  },
  {
    code: 'VF3022',
    severity: 'error',
    title: 'The plan was not started',
    explanation:
      'The plan could not be written down, or its rollback could not be armed, before the first step. Nothing was done. The message says why.',
  },
  {
    code: 'VF3023',
    severity: 'error',
    title: 'The plan was stopped on request',
    explanation:
      'Somebody pressed Ctrl-C. vflane stopped between two operations; what was done so far stays and is in the journal. Go on with `vflane resume`, or back with `vflane rollback`.',
  },
  {
    code: 'VF3024',
    severity: 'error',
    title: 'A guest is still on the host that it is leaving',
    explanation:
      'A guest that moves keeps its MAC and its addresses, so it is taken down on the old host before it is set up on the new one: twice on one network it would take its own traffic from itself. The plan of the old host was not completed, so that of the new host was not begun.',
  },
  {
    code: 'VF3025',
    severity: 'error',
    title: 'Hosts that exchange guests wait for each other',
    explanation:
      'Each of these hosts is to get a guest that another of them still has, so none can go first without a guest being on two hosts at once. Move one of the guests in two applies: take it out of the file, then put it in under its new host.',
  },
  {
    code: 'VF3026',
    severity: 'warning',
    title: 'A guest may still be running on a host that was not asked',
    explanation:
      'A guest is new on a host, and another host of the file does not answer or was left out by `--host`: if the guest moves from there, it comes up here before it goes down there. If it was there, it may still be. A host that you cannot reach still forwards packets, and the guest keeps its MAC and its addresses, so both would take each other’s traffic. Before you apply the plan, switch that host off, or see at its console that the guest is off. When it is back, `vflane apply` removes the guest there.',
  },
];
