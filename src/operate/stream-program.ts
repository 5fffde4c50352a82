/**
 * One end of a stream of numbered datagrams in both directions: `LOCAL PEER PORT INTERVAL RUN [BOND]` sends one every INTERVAL
 * microseconds and tells, ten times a second, when it sent which and when which of the other end's arrived
 * (src/measure/stream-line.ts has the lines); of a bond it looks every ten milliseconds which member is active. It ends with its standard input. Both times are of the monotonic clock, which is
 * asked by its system call: the base of Perl that every Debian has holds no Time::HiRes. An arrival is when the kernel took
 * the datagram in (SIOCGSTAMP, socket(7)), not when this process got a processor to look.
 * In Perl, because it starts at once, fits into a VM, and keeps a thousand a second where an emulated processor runs Node at fifty.
 */
export const streamProgram = `use strict;
use warnings;
use POSIX ();
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
my ( $local, $peer, $port, $interval, $run, $bond ) = @ARGV;
my ( $most, $every, $size, $stamp ) = ( 20, 100_000, 64, 0x8906 );    # SIOCGSTAMP
my $machine = ( POSIX::uname() )[4];
my $call = { x86_64 => 228, ppc64le => 246, ppc64 => 246, s390x => 260 }->{$machine} // 113;    # clock_gettime
my $clock = "\\0" x 16;
sub clock_us {
    syscall( $call, $_[0], $clock ) == 0 or die "no clock on $machine: $!\\n";
    my ( $s, $ns ) = unpack( 'q2', $clock );
    return $s * 1_000_000 + int( $ns / 1000 );
}
my $began = clock_us(1);                                                 # CLOCK_MONOTONIC
sub now { return clock_us(1) - $began }
sub place {
    my ( $text, $at ) = @_;
    return pack_sockaddr_in6( $at, inet_pton( AF_INET6, $text ) ) if $text =~ /:/;
    return pack_sockaddr_in( $at, inet_pton( AF_INET, $text ) );
}
sub overruns {
    open( my $file, '<', '/proc/self/net/snmp' ) or return 0;
    my @lines = map { [split] } grep { /^Udp:/ } <$file>;
    return 0 unless @lines == 2;
    my ($at) = grep { $lines[0][$_] eq 'RcvbufErrors' } 0 .. $#{ $lines[0] };
    return defined $at ? $lines[1][$at] : 0;
}
$| = 1;
my $over = 0;
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { $over = 1 };
eval { setpriority( 0, 0, -20 ) };    # who waits for a processor measures the wait
my $wire;
socket( $wire, $peer =~ /:/ ? AF_INET6 : AF_INET, SOCK_DGRAM, 0 ) or die "socket: $!\\n";
setsockopt( $wire, SOL_SOCKET, 33, 8 * 1024 * 1024 );    # SO_RCVBUFFORCE
bind( $wire, place( $local, $port ) ) or die "bind $local: $!\\n";
my $to = place( $peer, $port );
my ( $next, $told, $refused, $tell ) = ( 0, 0, 0, 0 );
my ( @sent, @got, @active );
my ( $chosen, $look ) = ( '', 0 );
my $apart = clock_us(0) - now();
sub look_at_bond {
    open( my $file, '<', "/sys/class/net/$bond/bonding/active_slave" ) or return;
    my $name = <$file> // '';
    $name =~ s/[^\\w.-]//g;
    push @active, sprintf( '[%d,"%s"]', now(), $name ) if $name ne $chosen;
    $chosen = $name;
}
sub send_due {
    my $now = now();
    my $due = int( $now / $interval );
    while ( $next <= $due - $most ) { push @sent, -1; $next++ }    # missed for too long: never sent, and nobody misses them
    while ( $next <= $due ) {
        my $at = now();
        send( $wire, pack( 'NNx' . ( $size - 8 ), $run, $next ), MSG_DONTWAIT, $to ) or $refused++;
        push @sent, $at;
        $next++;
    }
}
sub hear_all {
    my ( $now, $day ) = ( now(), clock_us(0) );
    my $is_set = abs( $day - $now - $apart ) > 5_000;    # the clock of the stamps, since it was looked at last
    $apart = $day - $now;
    while ( defined recv( $wire, my $datagram, 2048, MSG_DONTWAIT ) ) {
        next if length($datagram) < 8;
        my ( $of, $number ) = unpack( 'NN', $datagram );
        next if $of != $run;
        my $when = "\\0" x 16;
        my $age = ioctl( $wire, $stamp, $when ) ? $day - do { my ( $s, $us ) = unpack( 'q2', $when ); $s * 1_000_000 + $us } : 0;
        # One that is set from here on is off by more than anything waits here.
        push @got, $number, $now - ( !$is_set && $age > 0 && $age < 1_000_000 ? $age : 0 );
    }
}
sub tell_all {
    printf qq({"at":%d,"from":%d,"sent":[%s],"got":[%s],"refused":%d,"overrun":%d,"active":[%s]}\\n), now(), $told, join( ',', @sent ), join( ',', @got ), $refused, overruns(), join( ',', @active );
    ( $told, @sent ) = ($next);
    @got = @active = ();
}
until ($over) {
    send_due();
    my $now = now();
    if ( defined $bond && $now >= $look ) { look_at_bond(); $look = $now + 10_000 }
    if ( $now >= $tell ) { tell_all(); $tell = $now + $every }
    my $wait = ( $next * $interval - now() ) / 1_000_000;
    my $ready = '';
    vec( $ready, fileno(STDIN), 1 ) = 1;
    vec( $ready, fileno($wire), 1 ) = 1;
    my $any = select( $ready, undef, undef, $wait > 0 ? $wait : 0 );
    next unless $any > 0;
    hear_all() if vec( $ready, fileno($wire), 1 );
    if ( vec( $ready, fileno(STDIN), 1 ) ) { sysread( STDIN, my $word, 4096 ) or $over = 1 }
}
tell_all();
`;
