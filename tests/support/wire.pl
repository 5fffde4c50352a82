# `perl wire.pl NETDEV [tap]`: sends the frames it reads, and prints the frames that arrive, each as a line of hexadecimal;
# with `tap`, as the virtual machine that has opened it.
# Perl's base is on every Debian, and Node has no packet sockets (packet(7)).
use strict;
use warnings;
use Socket;

my ( $packet, $every, $outgoing ) = ( 17, 3, 4 );    # AF_PACKET, ETH_P_ALL, PACKET_OUTGOING
my ( $netdev, $tap ) = @ARGV;
my $wire = $tap ? opened($netdev) : tapped($netdev);
$| = 1;
print "ready\n";

my $unread = '';
while (1) {
    my $ready = '';
    vec( $ready, fileno(STDIN), 1 ) = 1;
    vec( $ready, fileno($wire), 1 ) = 1;
    select( $ready, undef, undef, undef );
    if ( vec( $ready, fileno($wire), 1 ) ) {
        my $frame = $tap ? from_tap($wire) : from_wire($wire);
        print unpack( 'H*', $frame ), "\n" if defined $frame;
    }
    if ( vec( $ready, fileno(STDIN), 1 ) ) {
        sysread( STDIN, $unread, 65536, length $unread ) or exit 0;
        while ( $unread =~ s/^([0-9a-f]*)\n// ) {
            syswrite( $wire, pack( 'H*', $1 ) ) or die "send: $!\n";
        }
    }
}

# Every frame of the netdev (packet(7)).
sub tapped {
    my ($name) = @_;
    open( my $file, '<', "/sys/class/net/$name/ifindex" ) or die "$name: $!\n";
    my $index = <$file>;
    socket( my $socket, $packet, SOCK_RAW, unpack( 'S', pack( 'n', $every ) ) ) or die "socket: $!\n";
    bind( $socket, pack( 'SniSCCa8', $packet, $every, $index, 0, 0, 0, '' ) ) or die "bind: $!\n";
    return $socket;
}

# Without those that this machine itself sends through it.
sub from_wire {
    my $from = recv( $_[0], my $frame, 65536, 0 );
    return undef if !defined $from;
    my ( undef, undef, undef, undef, $kind ) = unpack( 'SniSC', $from );
    return $kind == $outgoing ? undef : $frame;
}

# The other side of a tap (Documentation/networking/tuntap.rst).
sub opened {
    my ($name) = @_;
    my ( $tunsetiff, $iff_tap, $iff_no_pi ) = ( 0x400454ca, 0x0002, 0x1000 );
    open( my $file, '+<', '/dev/net/tun' ) or die "/dev/net/tun: $!\n";
    ioctl( $file, $tunsetiff, pack( 'a16Sx22', $name, $iff_tap | $iff_no_pi ) ) or die "$name: $!\n";
    return $file;
}

sub from_tap {
    my $bytes = sysread( $_[0], my $frame, 65536 );
    return $bytes ? $frame : undef;
}
