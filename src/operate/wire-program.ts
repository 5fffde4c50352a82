/**
 * Frames as they are on a netdev: `send NETDEV` sends those it reads, a line of hexadecimal digits each, until `end`;
 * `listen NETDEV MAGIC` tells the four bytes behind each MAGIC that comes in, as a number, and nothing else of what it hears.
 * In Perl, because its base is on every Debian, and Node has no packet sockets (packet(7)).
 */
export const wireProgram = `use strict;
use warnings;
use Socket;
my ( $packet, $every, $outgoing ) = ( 17, 3, 4 );    # AF_PACKET, ETH_P_ALL, PACKET_OUTGOING
my ( $verb, $name, $magic ) = @ARGV;
$| = 1;
open( my $file, '<', "/sys/class/net/$name/ifindex" ) or die "$name: $!\\n";
my $index = <$file>;
socket( my $wire, $packet, SOCK_RAW, unpack( 'S', pack( 'n', $verb eq 'listen' ? $every : 0 ) ) ) or die "socket: $!\\n";
bind( $wire, pack( 'SniSCCa8', $packet, $verb eq 'listen' ? $every : 0, $index, 0, 0, 0, '' ) ) or die "bind: $!\\n";
if ( $verb eq 'send' ) {
    my ( $sent, $refused ) = ( 0, 0 );
    while ( my $line = <STDIN> ) {
        chomp $line;
        last if $line eq 'end';
        if ( syswrite( $wire, pack( 'H*', $line ) ) ) { $sent++ } else { $refused++ }
        select( undef, undef, undef, 0.0005 );
    }
    print "sent $sent refused $refused\\n";
    exit 0;
}
setsockopt( $wire, SOL_SOCKET, 33, 8 * 1024 * 1024 );    # SO_RCVBUFFORCE
my $sought = pack( 'H*', $magic );
print "ready\\n";
while (1) {
    my $ready = '';
    vec( $ready, fileno(STDIN), 1 ) = 1;
    vec( $ready, fileno($wire), 1 ) = 1;
    select( $ready, undef, undef, undef );
    if ( vec( $ready, fileno(STDIN), 1 ) ) { sysread( STDIN, my $word, 4096 ) or exit 0 }
    next unless vec( $ready, fileno($wire), 1 );
    my $from = recv( $wire, my $frame, 65536, 0 );
    next unless defined $from;
    my ( undef, undef, undef, undef, $kind ) = unpack( 'SniSC', $from );
    next if $kind == $outgoing;
    my $at = index( $frame, $sought );
    print unpack( 'N', substr( $frame, $at + length $sought, 4 ) ), "\\n" if $at >= 0 && length($frame) >= $at + 4 + length $sought;
}
`;
