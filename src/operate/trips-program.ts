/**
 * Round trips, one request at a time: `answer PROTOCOL AT PORT` says "ready" and sends back what comes, until its standard input
 * ends; `ask PROTOCOL AT PORT MS` asks for so long, and says `{"lost":…,"tenths":[…]}`: requests that nobody answered within
 * 200 ms, and how long each other one took, in tenths of a microsecond (src/measure/round-trips.ts). A request is 64 bytes:
 * small, so that only the way is measured. In Perl, because it starts at once, adds little of its own, and fits into a VM.
 */
export const tripsProgram = `use strict;
use warnings;
use POSIX ();
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IPPROTO_TCP TCP_NODELAY);
my ( $verb, $protocol, $at, $port, $ms ) = @ARGV;
my ( $size, $patience ) = ( 64, 0.2 );
my $machine = ( POSIX::uname() )[4];
my $call = { x86_64 => 228, ppc64le => 246, ppc64 => 246, s390x => 260 }->{$machine} // 113;    # clock_gettime
my $clock = "\\0" x 16;
sub tenths {
    syscall( $call, 1, $clock ) == 0 or die "no clock on $machine: $!\\n";                       # CLOCK_MONOTONIC
    my ( $s, $ns ) = unpack( 'q2', $clock );
    return $s * 10_000_000 + int( $ns / 100 );
}
$| = 1;
my $over = 0;
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { $over = 1 };
$SIG{PIPE} = 'IGNORE';
my $is_tcp = $protocol eq 'tcp';
my $family = $at =~ /:/ ? AF_INET6 : AF_INET;
my $place = $at =~ /:/ ? pack_sockaddr_in6( $port, inet_pton( AF_INET6, $at ) ) : pack_sockaddr_in( $port, inet_pton( AF_INET, $at ) );
my $wire;
socket( $wire, $family, $is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0 ) or die "socket: $!\\n";
sub ready {
    my ( $wait, @files ) = @_;
    my $bits = '';
    vec( $bits, fileno($_), 1 ) = 1 for @files;
    my $any = select( $bits, undef, undef, $wait );
    return $any > 0 ? grep { vec( $bits, fileno($_), 1 ) } @files : ();
}
if ( $verb eq 'answer' ) {
    setsockopt( $wire, SOL_SOCKET, SO_REUSEADDR, 1 ) if $is_tcp;
    bind( $wire, $place ) or die "bind: $!\\n";
    if ($is_tcp) { listen( $wire, 8 ) or die "listen: $!\\n" }
    print "ready\\n";
    my %others;
    until ($over) {
        for my $file ( ready( undef, \\*STDIN, $wire, values %others ) ) {
            if ( $file == \\*STDIN ) { sysread( STDIN, my $word, 4096 ) or $over = 1 }
            elsif ( $file != $wire ) {
                my $data;
                if   ( sysread( $file, $data, 65536 ) ) { syswrite( $file, $data ) }
                else                                    { delete $others{ fileno $file } }
            }
            elsif ($is_tcp) {
                accept( my $other, $wire ) or next;
                setsockopt( $other, IPPROTO_TCP, TCP_NODELAY, 1 );
                $others{ fileno $other } = $other;
            }
            else {
                my $from = recv( $wire, my $data, 2048, MSG_DONTWAIT );
                send( $wire, $data, 0, $from ) if defined $from;
            }
        }
    }
    exit 0;
}
connect( $wire, $place ) or die "connect: $!\\n";
setsockopt( $wire, IPPROTO_TCP, TCP_NODELAY, 1 ) if $is_tcp;
my ( $lost, $number, $rest, @times ) = ( 0, 0, '' );
# A datagram is heard whole; TCP knows none: the pieces of an answer are put together.
sub answered {
    while ( ready( $patience, $wire ) ) {
        defined recv( $wire, my $data, 2048, MSG_DONTWAIT ) or return 0;
        return 0 if $is_tcp && $data eq '';
        for ( $rest .= $data ; length($rest) >= $size ; $rest = substr( $rest, $size ) ) {
            # An answer that comes after it was given up is none any more.
            next if unpack( 'N', $rest ) != $number;
            $rest = '';
            return 1;
        }
    }
    return 0;
}
my $until = tenths() + $ms * 10_000;
until ( $over || tenths() >= $until ) {
    $number++;
    my $sent = tenths();
    send( $wire, pack( 'Nx' . ( $size - 4 ), $number ), 0 );
    if ( answered() ) { push @times, tenths() - $sent } else { $lost++; select( undef, undef, undef, 0.01 ) }
}
printf qq({"lost":%d,"tenths":[%s]}\\n), $lost, join( ',', @times );
exit( @times ? 0 : 1 );
`;
