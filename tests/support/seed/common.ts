import { asked, better, type Chapter, planned, type SeedCommand, toldOf } from './row.ts';

const firmware = 'fw-ConnectX5-rel-16_35_4554-MCX516A-CDA_Ax_Bx-UEFI-14.29.15-FlexBoot-3.6.902.bin';

export const commonChapters: readonly Chapter[] = [
  {
    name: 'measurements',
    commands: [
      asked(
        'iperf3 --parallel 2 --bidi --client 192.168.10.1',
        'bench',
        'The suite `seed` runs it, three times a cell; --bidi is how iperf3 lets --bidir be cut short.',
        [
          /iperf3 --client 192\.168\.10\.1 .*--parallel 2 .*--bidir/,
          /iperf3 --client 192\.168\.10\.1 .*--parallel 6 .*--bidir/,
        ],
      ),
      asked('ping -fc 10000 192.168.10.1', 'bench', 'As it stands there, and once more to warm up.', [
        /ping -n -c 10000 -f .*192\.168\.10\.1$/,
      ]),
    ],
  },
  {
    name: 'step 0: packages',
    commands: [
      asked(
        'sudo apt install mstflint wget qemu-system-x86',
        'prepare',
        'What the file needs of the host, and only that: `vflane firmware` asks for mstflint, and images are not fetched.',
        [/apt-get .*install .*qemu-system-x86/],
      ),
    ],
  },
  {
    name: 'step 1: firmware',
    datapath: 'legacy-vlan',
    commands: [
      toldOf(
        'lspci | grep ellanox',
        'A card that is not where the file says is a finding with this command.',
        {
          after: ['sim unplug card'],
          code: 'VF2001',
          says: /lspci -D/,
        },
      ),
      asked(
        'sudo mstflint --device 03:00.0 query',
        'firmware',
        'Beside what the card’s settings are and which resets it can do.',
        [/^mstflint -d 0000:03:00\.0 q$/, /^mstconfig -d 0000:03:00\.0 -e q$/],
      ),
      asked(
        `wget https://www.mellanox.com/downloads/firmware/${firmware}.zip`,
        'firmware',
        'vflane fetches no firmware: it says on which page the card’s is.',
        [/https:\/\/network\.nvidia\.com\/support\/firmware\/connectx5en\//],
      ),
      asked(
        `unzip ${firmware}.zip`,
        'firmware',
        'The image is given unpacked; whether it is one, and for this board, is asked before anything else.',
        [/^mstflint -i \S+MCX516A-CDA\S*\.bin q$/],
      ),
      asked(
        `sudo mstflint --dev 03:00.0 -i ${firmware} burn`,
        'firmware',
        'After what the flash holds was read out: undo burns that back.',
        [/^mstflint -d 0000:03:00\.0 ri \S+\.bin$/, /^mstflint -d 0000:03:00\.0 -i \S+\.bin -y burn$/],
      ),
      asked(
        'sudo mstfwreset --dev 03:00.0 reset',
        'firmware',
        'Only with --reset, and only where nothing uses the card.',
        [/^mstfwreset -d 0000:03:00\.0 -l 3 -y reset$/],
      ),
      asked(
        'sudo mstconfig --dev 03:00.0 set SRIOV_EN=1 NUM_OF_VFS=16',
        'firmware',
        'For the pool of the file, or --vfs; the settings are kept before, and -y answers the question.',
        [/^mstconfig -d 0000:03:00\.0 -y set SRIOV_EN=1 NUM_OF_VFS=16$/],
      ),
      toldOf('sudo reboot', 'When to restart a host is its operator’s to say: the finding asks for it.', {
        after: [],
        numOfVfs: 1,
        code: 'VF2004',
        says: /raise NUM_OF_VFS and reboot/,
      }),
    ],
  },
  {
    name: 'misc notes',
    datapath: 'ovs-tc',
    commands: [
      planned(
        'sudo ethtool -L enp3s0f0np0 combined 32',
        'ethtool -L enp3s0f0np0 combined 32',
        // The log raises one port only: after a failover the other one’s single channel would do all the work.
        'ethtool -L enp3s0f1np1 combined 32',
      ),
    ],
  },
];

const drivers = '/sys/bus/pci/drivers';

/** How all three ways give a VF to a VM, and why vflane does it differently. */
export function handedOver(
  vfs: readonly string[],
  { append, perVf }: { readonly append: boolean; readonly perVf: string },
): readonly SeedCommand[] {
  const tee = append ? 'tee -a' : 'tee';
  const [first = ''] = vfs;
  return [
    planned('sudo modprobe vfio-pci', 'modprobe vfio_pci'),
    better(
      `echo $(cat /sys/bus/pci/devices/${first.replaceAll(':', '\\:')}/{vendor,device}) | sudo ${tee} ${drivers}/vfio-pci/new_id`,
      'new_id takes every driverless VF of that kind, other people’s too, and fails the second time with EEXIST; driver_override names one VF (facts §3.3).',
      vfs.map((vf) => `echo vfio-pci > /sys/bus/pci/devices/${vf}/driver_override`),
      [/new_id/],
    ),
    ...vfs.map((vf) =>
      better(
        `echo "${vf}" | sudo tee ${drivers}/mlx5_core/unbind`,
        'With autoprobe off a new VF has no driver to be taken from it, and no VF is bound while the LAG is made (facts §1.2, §3.3).',
        [perVf],
        [/drivers\/mlx5_core\/unbind/],
      ),
    ),
    ...vfs.map((vf) =>
      better(
        `echo "${vf}" | sudo tee ${drivers}/vfio-pci/bind`,
        'While autoprobe is off a plain bind of a VF is refused with ENODEV, and drivers_probe follows driver_override (facts §3.3).',
        [`echo ${vf} > /sys/bus/pci/drivers_probe`],
        [/vfio-pci\/bind$/],
      ),
    ),
  ];
}

const image = 'debian-13-nocloud-amd64-20250814-2204.qcow2';

/** The VM itself. */
export function started(vfs: readonly string[]): readonly SeedCommand[] {
  const url = `https://cloud.debian.org/images/cloud/trixie/20250814-2204/${image}`;
  const qemu = 'sudo qemu-system-x86_64 -accel kvm -nographic -m 8G -cpu host -smp 16';
  const devices = vfs.map((vf) => ` -device vfio-pci,host=${vf}`).join('');
  return [
    toldOf(
      `if ! [ -f ${image} ]; then wget ${url}; fi`,
      'The image is the user’s: vflane says where it is missing, and from where Debian’s own come.',
      { after: [`rm /root/${image}`], code: 'VF2071', says: /cloud\.debian\.org\/images/ },
    ),
    better(
      `${qemu} -drive file=${image}${devices}`,
      'systemd runs it, on an overlay: the image stays as it was, and the VM outlives the terminal.',
      ['systemctl start vflane-guest@vm.service'],
      [/-drive file=/],
    ),
  ];
}

export const autoprobeOff = 'echo 0 > /sys/bus/pci/devices/0000:03:00.0/sriov_drivers_autoprobe';
