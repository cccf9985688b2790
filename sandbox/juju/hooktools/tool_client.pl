# A hook tool as a charm calls it: hands its arguments to the controller and prints the answer.
#
# A hook calls it up to some twenty times, so it is of the language that starts fastest, and loads
# no module. tool_server.py is the other end; a message is its length in eight hexadecimal digits,
# then its bytes.

use strict;

my ($AF_UNIX, $SOCK_STREAM) = (1, 1);    # Linux; the module Socket takes longer than all the rest

sub fail { syswrite STDERR, "ERROR @_\n"; exit 1 }

sub put {
    my ($stream, $bytes) = @_;
    my $sent = 0;
    while ($sent < length $bytes) {
        $sent += syswrite($stream, $bytes, length($bytes) - $sent, $sent) // fail("write: $!");
    }
}

sub take {
    my ($stream, $size) = @_;
    my $bytes = '';
    while (length $bytes < $size) {
        my $count = sysread($stream, $bytes, $size - length $bytes, length $bytes);
        fail("read: $!") unless defined $count;
        fail('the controller closed the connection') unless $count;
    }
    return $bytes;
}

sub say_to  { my ($server, $bytes) = @_; put($server, sprintf('%08x', length $bytes) . $bytes) }
sub hear_of { my ($server)         = @_; return take($server, hex take($server, 8)) }

$SIG{PIPE} = 'IGNORE';    # a closed pipe is an error to tell of, like any other
for (qw(JUJU_CONTEXT_ID JUJU_AGENT_SOCKET_ADDRESS JUJU_AGENT_SOCKET_NETWORK)) {
    fail("$_ not set") if ($ENV{$_} // '') eq '';
}
my ($tool) = $0 =~ m{([^/]*)$};
socket(my $server, $AF_UNIX, $SOCK_STREAM, 0) or fail("socket: $!");
connect($server, pack('S a*', $AF_UNIX, $ENV{JUJU_AGENT_SOCKET_ADDRESS})) or fail("connect: $!");
say_to($server, join "\0", $ENV{JUJU_CONTEXT_ID}, readlink '/proc/self/cwd', $tool, @ARGV);
my $code = hear_of($server);
if ($code eq 'stdin') {
    say_to($server, do { local $/; <STDIN> } // '');
    $code = hear_of($server);
}
put($_, hear_of($server)) for *STDOUT, *STDERR;
exit $code;
