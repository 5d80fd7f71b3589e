#!/usr/bin/perl
# style.pl ROOT: prints "file:line: rule: what" for each place that breaks a rule of the house and
# exits 1 when there is one. tools/check-style.sh runs it and proves that each rule still fires.
use strict;
use warnings;
use File::Find;

my $root = shift // '.';
chdir $root or die "style.pl: $root: $!\n";
my $found = 0;

sub say_it {
    my ($file, $line, $rule, $what) = @_;
    print "$file:$line: $rule: $what\n";
    $found++;
}

# --- what the rules need to know about a file --------------------------------------------------------
my @FEATURES = grep { -d "server/$_" && !/^(run|db|http|view)$/ } map { s{^server/}{}r } glob 'server/*';
my %FEATURE = map { $_ => 1 } @FEATURES;

sub feature_of {
    my ($file) = @_;
    return $file =~ m{^server/([^/]+)/} && $FEATURE{$1} ? $1 : '';
}

# The text with comments (and, when asked, the insides of strings) blanked, line numbers kept.
sub blank {
    my ($text, $strings) = @_;
    $text =~ s{(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])*')}{
        my ($comment, $string, $char) = ($1, $2, $3);
        my $keep = defined $comment ? $comment : defined $string ? $string : $char;
        if (defined $comment) { $keep =~ s/[^\n]/ /g; }
        elsif (defined $string && $strings) { $keep = '"' . (' ' x (length($keep) - 2)) . '"'; }
        elsif (defined $char) { $keep = "' '"; }
        $keep;
    }gsex;
    return $text;
}

# Where `file` lands when `from` includes it with quotes; '' for generated headers.
sub resolve {
    my ($from, $include) = @_;
    return '' if $include =~ /^(stmt|embed|names_known)\.h$/;
    my @parts = split m{/}, $from;
    pop @parts;
    for my $part (split m{/}, $include) {
        if ($part eq '..') { pop @parts; }
        elsif ($part ne '.') { push @parts, $part; }
    }
    return join '/', @parts;
}

# --- the dependency rule ------------------------------------------------------------------------------
# Layer => what it may include besides itself.
my %MAY = (
    'lib/base' => [],
    'lib/sw1' => ['lib/base'],
    'lib/picture' => ['lib/base'],
    'server/run' => ['lib/base'],
    'server/db' => ['lib/base', 'server/run'],
    'server/view' => ['lib/base', 'server/run'],
    'server/http' => ['lib/base', 'server/run', 'server/db', 'server/view', 'server/app.h'],
);

sub check_include {
    my ($file, $line, $include) = @_;
    my $to = resolve($file, $include);
    return if $to eq '';
    my $bad = sub { say_it($file, $line, 'dependency', "may not include $to") };
    for my $layer (keys %MAY) {
        next unless $file =~ m{^\Q$layer\E/};
        return if grep { $to =~ m{^\Q$_\E(/|$)} } $layer, @{$MAY{$layer}};
        # session.c asks the account feature who a cookie is: through its one header.
        return if $layer eq 'server/http' && $to =~ m{^server/([^/]+)/\1\.h$};
        return if $layer eq 'server/http' && $to eq 'server/routes.h';
        return $bad->();
    }
    return $bad->() if $file =~ m{^server/} && $to =~ m{^client-cli/};
    return $bad->() if $file =~ m{^client-cli/} && $to =~ m{^server/(run|db|http|view)/};
    my $feature = feature_of($file);
    return unless $feature;
    if ($to =~ m{^server/(http|view)/} && $file !~ m{_web\.[ch]$} && $to ne 'server/http/route.h') {
        return $bad->();
    }
    if ($to =~ m{^server/([^/]+)/(.+)} && $FEATURE{$1} && $1 ne $feature && $2 ne "$1.h") {
        return say_it($file, $line, 'feature-header', "includes $to; only server/$1/$1.h is open to others");
    }
}

# --- C -------------------------------------------------------------------------------------------------
sub check_functions {
    my ($file, $code) = @_;
    my ($name, $start) = ('', 0);
    my @lines = split /\n/, $code, -1;
    for my $i (0 .. $#lines) {
        if ($lines[$i] =~ /^[A-Za-z_].*?\b(\w+)\s*\(/ && $lines[$i] !~ /;\s*$/ && $lines[$i] !~ /^(typedef|#)/) {
            ($name, $start) = ($1, $i) unless $name && $lines[$i] =~ /^\s/;
        }
        if ($lines[$i] =~ /^\}\s*$/ && $name) {
            my $length = $i - $start + 1;
            say_it($file, $start + 1, 'long-function', "$name has $length lines (at most 60)") if $length > 60;
            $name = '';
        }
    }
}

# The few things written after start, each with its reason. Or `process-wide: why` in the comment above.
my %GLOBAL = (
    'lib/base/log.c' => 'the level of the log, one atomic',
    'lib/base/err.c' => 'the lower-case codes, spelled once before main()',
);

# Declarations at file scope that are neither const, types, functions nor extern.
sub check_globals {
    my ($file, $code, $raw) = @_;
    my @lines = split /\n/, $code, -1;
    my @raw = split /\n/, $raw, -1;
    my $depth = 0;
    for my $i (0 .. $#lines) {
        my $l = $lines[$i];
        if ($depth == 0 && $l =~ /^(static\s|_Thread_local\s|_Atomic|[a-z_]\w*\s)[^()]*(=|;|\[)/ && $l !~ /^(typedef|extern|enum|#|return|E\()/
            && $l !~ /\bconst\b/ && $l !~ /^(static )?(struct|union) \w+( \{|;)/ && $l !~ /^\s*\}/
            && $l !~ /^[^=;\[]*\(/ ) {
            my $why = $GLOBAL{$file} || join("\n", @raw[($i < 3 ? 0 : $i - 3) .. $i]) =~ /process-wide:/;
            say_it($file, $i + 1, 'global', 'mutable at file scope (const it, or hand it in)') unless $why;
        }
        $depth += () = $l =~ /\{/g;
        $depth -= () = $l =~ /\}/g;
    }
}

sub check_c {
    my ($file, $raw) = @_;
    my $code = blank($raw, 1);
    my $strings = blank($raw, 0);
    my $feature = feature_of($file);
    my $product = $file =~ m{^(lib|server|client-cli)/};
    my @code = split /\n/, $code, -1;
    my @strings = split /\n/, $strings, -1;
    my @raw = split /\n/, $raw, -1;
    say_it($file, scalar @raw - 1, 'long-file', (@raw - 1) . ' lines (at most 500)') if @raw - 1 > 500;
    say_it($file, 1, 'name', 'name a file after its noun')
        if $file =~ m{(^|/)(utils?|common|helpers?|misc|stuff|functions)\.[ch]$};
    if ($product && $file =~ /\.h$/) {
        my ($base) = $file =~ m{([^/]+)$};
        say_it($file, 1, 'purpose', "begin with /* $base - what it is for")
            unless $raw =~ m{\A/\* \Q$base\E - [^\s*]};
    }
    for my $i (0 .. $#code) {
        my ($c, $s, $n) = ($code[$i], $strings[$i], $i + 1);
        say_it($file, $n, 'width', 'far over 100 columns') if length_utf8($raw[$i]) > 104;
        say_it($file, $n, 'space', 'tab or trailing space') if $raw[$i] =~ /\t|\s$/;
        check_include($file, $n, $1) if $s =~ /^\s*#\s*include\s+"([^"]+)"/ && $product;
        say_it($file, $n, 'forbidden-call', $1)
            if $c =~ /\b(strcpy|strcat|stpcpy|sprintf|vsprintf|atoi|atol|atoll|atof|strtok|gets)\s*\(/;
        if ($file =~ m{^tests/}) {
            say_it($file, $n, 'test-sleeps', 'wait for the event, not for the time')
                if $c =~ /\b(sleep|usleep|nanosleep)\s*\(/ && $file =~ /test_/;
            say_it($file, $n, 'test-port', 'ports of tests stay below 32768')
                if $c =~ /\bport\b\w*\s*=\s*(3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[4-6]\d{4})\b/i;
            next;
        }
        next unless $product;
        say_it($file, $n, 'libpq', 'only server/db speaks libpq')
            if $file !~ m{^server/db/} && ($c =~ /\bPQ[a-z]\w*\s*\(|\bPG(conn|result)\b/ || $s =~ /#include.*libpq/);
        say_it($file, $n, 'mhd', 'only server/http speaks libmicrohttpd')
            if $file !~ m{^server/http/} && ($c =~ /\bMHD_\w+/ || $s =~ /#include.*microhttpd/);
        say_it($file, $n, 'url-compare', 'routes are rows; do not compare URLs or methods')
            if $c =~ /\bstrn?(case)?cmp\s*\([^;]*\b(url|uri|method|path)\b/ && $file !~ m{^(server/http/|client-cli/)};
        say_it($file, $n, 'goto', 'return early; arenas clean up') if $c =~ /\bgoto\s+\w+/;
        say_it($file, $n, 'heap', "$1: everything lives in an arena")
            if $c =~ /\b(malloc|calloc|realloc|free|strdup|strndup|asprintf)\s*\(/
            && $file !~ m{^(lib/base|server/(run|db|http))/};
        say_it($file, $n, 'sql-in-c', 'SQL lives in .sql files')
            if $file !~ m{^server/db/} && $s =~ /"\s*(SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|WITH\s+\w+\s+AS|COPY\s+\w+|CREATE\s+(TABLE|INDEX|FUNCTION))/;
        say_it($file, $n, 'html-in-c', 'HTML lives in templates/')
            if $s =~ /"[^"]*<\/?(a|p|div|span|h[1-6]|html|body|table|tr|td|th|form|input|ul|li|br|b|i|em|strong|section|main|nav)[\s>\/]/;
        say_it($file, $n, 'json-in-c', 'JSON is written by the view (server) or cJSON (client)')
            if $s =~ /"[^"]*[{,]\s*\\"\w*/ && $file !~ m{^(lib/base/log\.c|server/view/json\.c)$};
        next unless $feature;
        say_it($file, $n, 'permission', 'the route\'s row says who may; a handler does not')
            if $file =~ /_web\.c$/ && $c =~ /->\s*role\s*(&|==|!=)/;
        say_it($file, $n, 'http-in-rule', 'a rule returns Err; err.def knows the status')
            if $file !~ /_web\.c$/ && $c =~ /\breturn\s+[45]\d\d\s*;/;
        say_it($file, $n, 'cjson-in-rule', 'rules take records, not JSON')
            if $file !~ /_web\.c$/ && $c =~ /\bcJSON_\w+/;
    }
    check_functions($file, $code) if $file =~ /\.c$/;
    check_globals($file, $code, $raw) if $product && $file =~ /\.c$/;
}

sub length_utf8 {
    my ($line) = @_;
    my $copy = $line;
    utf8::decode($copy);
    return length $copy;
}

# --- SQL, templates --------------------------------------------------------------------------------------
sub check_sql {
    my ($file, $raw) = @_;
    (my $code = $raw) =~ s/--(?! name:)[^\n]*//g;
    my @lines = split /\n/, $code, -1;
    for my $i (0 .. $#lines) {
        say_it($file, $i + 1, 'select-star', 'name the columns')
            if $lines[$i] =~ /\b(SELECT|RETURNING)\s+(\w+\.)?\*|,\s*\w+\.\*\s*(,|FROM|$)/i
            && $lines[$i] !~ /\*\s+INTO\b/i; # a whole row into a variable of the row's type
        say_it($file, $i + 1, 'clock', 'use today(), which tests can move') if $lines[$i] =~ /\bcurrent_(date|timestamp)\b/i;
    }
    return unless $file =~ m{^server/};
    while ($code =~ /\baudit(\((?:[^()]++|(?1))*\))\s+AS\s+(?!_)/gi) {
        say_it($file, 1 + (substr($code, 0, $-[0]) =~ tr/\n//), 'shown-leaf', 'an audit leaf is AS _leaf: no answer shows it');
    }
    while ($code =~ /^-- name:\s*(\w*(?:_list|_page|_search|_queue)\w*)[^\n]*\n(.*?)(?=^-- name:|\z)/gms) {
        my ($name, $body) = ($1, $2);
        my $line = 1 + (() = substr($code, 0, $-[0]) =~ /\n/g);
        say_it($file, $line, 'unbounded-list', "$name has no LIMIT") unless $body =~ /\bLIMIT\b/i;
    }
}

sub check_template {
    my ($file, $raw) = @_;
    my @lines = split /\n/, $raw, -1;
    for my $i (0 .. $#lines) {
        say_it($file, $i + 1, 'inline-style', 'style and script live in templates/static')
            if $lines[$i] =~ /\sstyle\s*=|\son[a-z]+\s*=\s*"|<style|<script(?![^>]*\ssrc=)/i;
    }
    # On a phone a list becomes cards, where only data-label says what a value is.
    while ($raw =~ /<table class="list.*?<\/table>/gs) {
        my ($table, $line) = ($&, 1 + (() = substr($raw, 0, $-[0]) =~ /\n/g));
        say_it($file, $line, 'card-label', 'a cell of a list without data-label')
            if $table =~ /<thead>/ && $table =~ /<td(?![^>]*data-label)[^>]*>(?!<\/td>)/;
    }
}

# --- all files ----------------------------------------------------------------------------------------------
my @files;
find({ no_chdir => 1, wanted => sub {
    my $name = $File::Find::name =~ s{^\./}{}r;
    if ($name =~ m{(^|/)(build|var|node_modules|\.git)$}) { $File::Find::prune = 1; return; }
    push @files, $name if -f $name;
} }, '.');

for my $file (sort @files) {
    say_it($file, 1, 'generated', 'generated files stay out of the tree')
        if $file =~ m{\.(o|a|d|mo|gcno|gcda)$|(^|/)(stmt|embed|names_known)\.h$|(^|/)(stmt|embed)\.c$};
    next unless $file =~ m{^(lib|server|client-cli|tests|migrations|templates)/} && $file =~ /\.(c|h|sql|html)$/;
    open my $in, '<', $file or die "style.pl: $file: $!\n";
    my $raw = do { local $/; <$in> } // '';
    close $in;
    if ($file =~ /\.[ch]$/) { check_c($file, $raw); }
    elsif ($file =~ /\.sql$/ && $file !~ m{^tests/}) { check_sql($file, $raw); }
    elsif ($file =~ /\.html$/) { check_template($file, $raw); }
}
exit($found ? 1 : 0);
