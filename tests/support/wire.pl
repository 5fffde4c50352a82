# `perl wire.pl NETDEV`: sends the frames it reads, and prints the frames that arrive, a line of hexadecimal digits each.
# Perl's base is on every Debian, and Node has no packet sockets (packet(7)).
use strict;
use warnings;
use Socket;

my ( $packet, $every, $outgoing ) = ( 17, 3, 4 );    # AF_PACKET, ETH_P_ALL, PACKET_OUTGOING
my ($netdev) = @ARGV;
open( my $file, '<', "/sys/class/net/$netdev/ifindex" ) or die "$netdev: $!\n";
my $index = <$file>;
socket( my $wire, $packet, SOCK_RAW, unpack( 'S', pack( 'n', $every ) ) ) or die "socket: $!\n";
bind( $wire, pack( 'SniSCCa8', $packet, $every, $index, 0, 0, 0, '' ) ) or die "bind: $!\n";
$| = 1;
print "ready\n";

my $unread = '';
while (1) {
    my $ready = '';
    vec( $ready, fileno(STDIN), 1 ) = 1;
    vec( $ready, fileno($wire), 1 ) = 1;
    select( $ready, undef, undef, undef );
    if ( vec( $ready, fileno($wire), 1 ) ) {
        my $from = recv( $wire, my $frame, 65536, 0 );
        next if !defined $from;
        my ( undef, undef, undef, undef, $kind ) = unpack( 'SniSC', $from );
        print unpack( 'H*', $frame ), "\n" if $kind != $outgoing;
    }
    if ( vec( $ready, fileno(STDIN), 1 ) ) {
        sysread( STDIN, $unread, 65536, length $unread ) or exit 0;
        while ( $unread =~ s/^([0-9a-f]*)\n// ) {
            send( $wire, pack( 'H*', $1 ), 0 ) or die "send: $!\n";
        }
    }
}
