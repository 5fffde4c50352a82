/** How long a guest may take to shut down, in seconds. */
export const powerDownS = 90;

/**
 * `up` waits until QEMU answers, which it does once all that the guest is given is there; `down` presses the guest's power
 * button, again and again, because one that is still booting does not hear it, and waits until QEMU is gone. Perl, because
 * every Debian has it (perl-base is essential).
 */
export const powerScript = `#!/usr/bin/perl
# Written by vflane, and taken away with the last of its guests.
# power up|down QMP-SOCKET SECONDS: waits until QEMU answers; shuts a guest down as its power button would.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($to, $path, $seconds) = @ARGV;
my $deadline = time + $seconds;

sub up {
	while (time < $deadline) {
		my $qmp = IO::Socket::UNIX->new(Peer => $path);
		if ($qmp && IO::Select->new($qmp)->can_read($deadline - time)) {
			exit 0 if sysread $qmp, my $greeting, 65536;
		}
		select undef, undef, undef, 0.05;
	}
	print STDERR "vflane: QEMU does not answer within $seconds s\\n";
	exit 1;
}

sub down {
	my $qmp = IO::Socket::UNIX->new(Peer => $path) or exit 0;
	my $answers = IO::Select->new($qmp);
	local $SIG{PIPE} = sub { exit 0 };
	syswrite $qmp, qq({"execute":"qmp_capabilities"}\\n);
	while (time < $deadline) {
		syswrite $qmp, qq({"execute":"system_powerdown"}\\n);
		my $again = time + 5;
		while (time < $again && time < $deadline) {
			next unless $answers->can_read(1);
			sysread $qmp, my $said, 65536 or exit 0;
		}
	}
	print STDERR "vflane: the guest did not shut down within $seconds s, and is switched off\\n";
	exit 1;
}

$to eq 'up' ? up() : down();
`;
