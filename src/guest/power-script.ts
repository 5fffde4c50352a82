/** How long a guest may take to shut down, in seconds. */
export const powerDownS = 90;

/**
 * `run` becomes QEMU, which becomes another user once it has opened all that it is given. QEMU opens, as root, whatever the header of
 * the guest's disk names, and whoever has broken out of QEMU can write that header: the guest could then see any file of the host
 * after its next start. So the header is read first (qemu, docs/interop/qcow2.txt). The option to change users is a different one since
 * QEMU 9.1 (`-runas` before, gone with 10.0), and the host's QEMU may be upgraded, so it is asked each time.
 * `up` waits until QEMU answers a command, which it does once everything that the guest is given exists; `down` presses the guest's power
 * button, again and again, because one that is still booting does not hear it, and waits until QEMU is gone. Perl, because
 * every Debian has it (perl-base is essential).
 */
export const powerScript = `#!/usr/bin/perl
# Written by vflane, and taken away with the last of its guests.
# power run UID DISK IMAGE QEMU OPTIONS: becomes QEMU, which becomes that user when it has opened what it is given;
# not where the disk, an overlay on the image, leads to any other file.
# power up|down QMP-SOCKET SECONDS: waits until QEMU answers; shuts a guest down as its power button would.
# power domain NAME SECONDS: the same for a guest of libvirt's, which it switches off where that does not help.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my $to = shift;
run(@ARGV) if $to eq 'run';
my ($path, $seconds) = @ARGV;
my $deadline = time + $seconds;

sub run {
	my ($uid, $disk, $image, @qemu) = @_;
	check($disk, $image);
	open my $asked, '-|', $qemu[0], '--version' or die "vflane: $qemu[0]: $!\\n";
	my ($major, $minor) = join('', <$asked>) =~ /version (\\d+)\\.(\\d+)/
		or die "vflane: $qemu[0] does not say its version\\n";
	my $has_run_with = $major > 9 || $major == 9 && $minor > 0;
	exec { $qemu[0] } @qemu, $has_run_with ? ('-run-with', "user=$uid:$uid") : ('-runas', "$uid:$uid");
	die "vflane: $qemu[0]: $!\\n";
}

sub check {
	my ($disk, $image) = @_;
	my ($data, $below, @formats) = header($disk);
	die "vflane: $disk is no disk of vflane's\\n" unless defined $data;
	die "vflane: $disk leads to another file than $image: somebody has changed its header\\n"
		if $data || $below ne $image || @formats != 1 || $formats[0] !~ /\\A(?:raw|qcow2)\\z/;
	return if $formats[0] eq 'raw';
	($data, $below) = header($image);
	die "vflane: $image leads to another file: qemu-img convert -O qcow2 makes one that does not\\n"
		if !defined $data || $data || $below ne '';
}

# Of a qcow2 image: whether its data is in another file, what it stands on, and in which format that is said to be.
sub header {
	my ($path) = @_;
	open my $file, '<:raw', $path or die "vflane: $path: $!\\n";
	my $read = sub {
		my ($at, $length) = @_;
		seek $file, $at, 0 and (read($file, my $bytes, $length) // -1) == $length or die "vflane: $path is cut off\\n";
		return $bytes;
	};
	return if -s $file < 72;
	my ($magic, $version, $at, $length) = unpack 'a4 N Q> N', $read->(0, 20);
	return if $magic ne "QFI\\xfb" || $version < 2 || $version > 3;
	my ($features, $next) = $version < 3 ? (0, 72) : unpack 'Q> x20 N', $read->(72, 32);
	my $below = $at ? $read->($at, $length > 1023 ? 1023 : $length) : '';
	my @formats;
	for (1 .. 64) {
		my ($kind, $size) = unpack 'N N', $read->($next, 8);
		last if !$kind || $at && $next >= $at;
		push @formats, $read->($next + 8, $size > 64 ? 64 : $size) if $kind == 0xe2792aca;
		$next += 8 + ($size + 7 & ~7);
	}
	return ($features & 4 ? 1 : 0, $below, @formats);
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

# libvirt keeps QMP to itself. The file is there while QEMU is (virPidFileConstructPath).
sub domain {
	my @virsh = ('virsh', '--quiet', '--connect=qemu:///system');
	my $running = "/run/libvirt/qemu/$path.pid";
	while (time < $deadline) {
		exit 0 unless -e $running;
		# A press that is not taken is pressed again.
		system @virsh, 'shutdown', $path;
		my $again = time + 5;
		while (time < $again && time < $deadline) {
			exit 0 unless -e $running;
			select undef, undef, undef, 0.2;
		}
	}
	print STDERR "vflane: $path did not shut down within $seconds s, and is switched off\\n";
	exec @virsh, 'destroy', $path;
}

$to eq 'domain' ? domain() : $to eq 'up' ? up() : down();
`;
