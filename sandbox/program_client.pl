#!/usr/bin/perl
# juju, kubectl and every hook tool: sends what was typed to the sandbox and prints what comes back.
#
# A hook calls it up to some twenty times, and who waits for a status twice a second. So it is of the
# language that starts fastest, and loads no module. program_server.py is the other end and says what
# the two say to each other.

use strict;

my ($AF_UNIX, $SOCK_STREAM) = (1, 1);    # Linux; the module Socket takes longer than all the rest
my ($program) = $0 =~ m{([^/]*)$};
my $tool = $program !~ /^(juju|kubectl)$/;

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
        fail($tool ? 'the controller closed the connection' : 'the sandbox has ended') if !$count;
    }
    return $bytes;
}

sub file {
    my ($path) = @_;
    $path =~ s{^~(?=/|$)}{$ENV{HOME}};
    return 'eIs a directory' if -d $path;
    open(my $handle, '<', $path) or return "e$!";
    return 'o' . (do { local $/; <$handle> } // '');
}

sub say_to  { my ($server, $bytes) = @_; put($server, sprintf('%08x', length $bytes) . $bytes) }
sub hear_of { my ($server)         = @_; return take($server, hex take($server, 8)) }

sub connect_to {
    my ($address) = @_;
    socket(my $server, $AF_UNIX, $SOCK_STREAM, 0) or fail("socket: $!");
    return connect($server, pack('S a*', $AF_UNIX, $address)) ? $server : undef;
}

sub sandbox {
    my $state  = $ENV{XDG_STATE_HOME} || "$ENV{HOME}/.local/state";
    my $folder = $ENV{JUJU_SANDBOX}   || "$state/alertmanager-sandbox";
    # However deep the folder: a socket's path may have 107 bytes at most.
    if (open(my $handle, '<', $folder)) {
        my $server = connect_to('/proc/self/fd/' . fileno($handle) . '/control.socket');
        return $server if $server;
    }
    fail("no sandbox runs in $folder: start one with make run");
}

sub controller {
    for (qw(JUJU_CONTEXT_ID JUJU_AGENT_SOCKET_ADDRESS JUJU_AGENT_SOCKET_NETWORK)) {
        fail("$_ not set") if ($ENV{$_} // '') eq '';
    }
    return connect_to($ENV{JUJU_AGENT_SOCKET_ADDRESS}) || fail("connect: $!");
}

# Help is the text that declares the commands, whether a sandbox runs or not.
sub help {
    my (@words) = @_;
    my $path = $0;
    while (-l $path) {
        my $target = readlink $path;
        $path = $target =~ m{^/} ? $target : $path =~ s{[^/]*$}{$target}r;
    }
    $path =~ s{[^/]*$}{juju/cli/$program.txt};
    open(my $file, '<', $path) or fail("$path: $!");
    my (undef, $every, @commands) = split /\n\n/, do { local $/; <$file> };
    for my $word (@words) {
        my @found = grep { /^[^\n<]*(?<![-\w])\Q$word\E(?![-\w])/ } @commands;
        next if !@found;
        print "Usage: $program ", s/\s*$//r, "\n\n" for @found;
        print $every =~ s/^.*\n *//r, "\n";
        exit 0;
    }
    fail("unknown command or topic for $words[0]") if @words;
    print "The sandbox understands these commands; \"$program help COMMAND\" tells more of one:\n\n";
    for (@commands) {
        my ($name, $version, $purpose) = /^([-\w]+).*?( \(Juju .*\))?\n *(.*)/;
        printf "  %-20s  %s%s\n", $name, $purpose, $version // '';
    }
    exit 0;
}

if (!$tool) {
    my @typed;
    for (@ARGV) { last if $_ eq '--'; push @typed, $_ }
    my $wanted = !@typed || $typed[0] eq 'help' || grep { /^(-h|--help)$/ } @typed;
    help(grep { !/^-/ && $_ ne 'help' } @typed) if $wanted;
}

# A tool's closed output is an error to tell of; juju | head just ends.
$SIG{PIPE} = 'IGNORE' if $tool;
my $server = $tool ? controller() : sandbox();
my $caller = $tool ? $ENV{JUJU_CONTEXT_ID} : -t STDOUT ? 'terminal' : '';
say_to($server, join "\0", $caller, readlink '/proc/self/cwd', $program, @ARGV);
while (1) {
    my ($kind, $text) = unpack 'a a*', hear_of($server);
    exit $text               if $kind eq 'x';
    put(*STDOUT, $text)      if $kind eq 'o';
    put(*STDERR, $text)      if $kind eq 'e';
    say_to($server, do { local $/; <STDIN> } // '') if $kind eq 'a';
    say_to($server, file($text)) if $kind eq 'f';
}
