/** How long a guest may take to shut down, in seconds. */
export const powerDownS = 90;

/**
 * `run` becomes QEMU, which becomes another user once all that it is given is open. The option for that is another one since
 * QEMU 9.1 (`-runas` before, gone with 10.0), and the host's QEMU may be a newer one tomorrow, so that it is asked each time.
 * `up` waits until QEMU answers a command, which it does once all that the guest is given is there; `down` presses the guest's power
 * button, again and again, because one that is still booting does not hear it, and waits until QEMU is gone. Perl, because
 * every Debian has it (perl-base is essential).
 */
export const powerScript = `#!/usr/bin/perl
# Written by vflane, and taken away with the last of its guests.
# power run UID QEMU OPTIONS: becomes QEMU, which becomes that user when it has opened what it is given.
# power up|down QMP-SOCKET SECONDS: waits until QEMU answers; shuts a guest down as its power button would.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my $to = shift;
run(@ARGV) if $to eq 'run';
my ($path, $seconds) = @ARGV;
my $deadline = time + $seconds;

sub run {
	my ($uid, @qemu) = @_;
	open my $asked, '-|', $qemu[0], '--version' or die "vflane: $qemu[0]: $!\\n";
	my ($major, $minor) = join('', <$asked>) =~ /version (\\d+)\\.(\\d+)/
		or die "vflane: $qemu[0] does not say its version\\n";
	my $has_run_with = $major > 9 || $major == 9 && $minor > 0;
	exec { $qemu[0] } @qemu, $has_run_with ? ('-run-with', "user=$uid:$uid") : ('-runas', "$uid:$uid");
	die "vflane: $qemu[0]: $!\\n";
}

sub up {
	while (time < $deadline) {
		# EPERM is somebody who is there: it is another user by now.
		if ($ENV{MAINPID} && !kill(0, $ENV{MAINPID}) && $!{ESRCH}) {
			print STDERR "vflane: QEMU has ended\\n";
			exit 1;
		}
		my $qmp = IO::Socket::UNIX->new(Peer => $path);
		answers($qmp) if $qmp;
		select undef, undef, undef, 0.05;
	}
	print STDERR "vflane: QEMU does not answer within $seconds s\\n";
	exit 1;
}

sub answers {
	my ($qmp) = @_;
	my ($reader, $said) = (IO::Select->new($qmp), '');
	local $SIG{PIPE} = 'IGNORE';
	# It greets while it is still on its way; commands are for when it has become somebody else.
	syswrite $qmp, qq({"execute":"qmp_capabilities"}\\n);
	while ($reader->can_read($deadline - time)) {
		sysread $qmp, $said, 65536, length $said or return;
		exit 0 if $said =~ /"return"/;
	}
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
