/** How long a guest may take to shut down, in seconds. */
export const powerDownS = 90;

/**
 * Presses the guest's power button through QMP, again and again, because one that is still booting does not hear it, and
 * waits until QEMU is gone. Perl, because every Debian has it (perl-base is essential).
 */
export const powerDownScript = `#!/usr/bin/perl
# Written by vflane, and taken away with the last of its guests.
# power-down QMP-SOCKET SECONDS: shuts a guest down as its power button would, and waits for it.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($path, $seconds) = @ARGV;
my $qmp = IO::Socket::UNIX->new(Peer => $path) or exit 0;
my $answers = IO::Select->new($qmp);
my $deadline = time + $seconds;
syswrite $qmp, qq({"execute":"qmp_capabilities"}\\n);
while (time < $deadline) {
	syswrite $qmp, qq({"execute":"system_powerdown"}\\n);
	my $again = time + 5;
	while (time < $again && time < $deadline) {
		next unless $answers->can_read(1);
		sysread($qmp, my $said, 65536) or exit 0;
	}
}
print STDERR "vflane: the guest did not shut down within $seconds s, and is switched off\\n";
exit 1;
`;
