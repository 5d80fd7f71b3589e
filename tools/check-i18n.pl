#!/usr/bin/perl
# check-i18n.pl [ROOT]: every sentence that a user can meet has its French and Arabic translation, every
# label (kind:value) is there in French, English and Arabic, no translation lost a {placeholder}, and
# none is left of a sentence that nobody says any more; signs stand as the language has them.
# Sentences come from templates ({{_...}}), lib/base/err.def, route titles, field labels, and the words
# that say in a refusal why a request cannot be read.
# Prints one line a finding and exits 1 when there is one; the last line counts what was checked.
use strict;
use warnings;
use utf8;
use File::Find;
binmode STDOUT, ':encoding(UTF-8)';

my $root = shift // '.';
my %wanted;    # msgid -> first place
my %kinds;     # label kind -> first place
my $findings = 0;

sub slurp {
    my ($path) = @_;
    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

sub files {
    my ($dir, $pattern) = @_;
    my @found;
    return () unless -d "$root/$dir";
    find({ wanted => sub { push @found, $File::Find::name if -f && /$pattern/ }, no_chdir => 1 },
        "$root/$dir");
    return sort @found;
}

sub unquote {
    my ($text) = @_;
    $text =~ s/"\s*"//g;
    $text =~ s/\\n/\n/g;
    $text =~ s/\\(.)/$1/g;
    return $text;
}

sub finding {
    print "@_\n";
    $findings++;
}

for my $path (files('templates', qr/\.(html|txt)$/)) {
    my $text = slurp($path);
    $wanted{$1} //= $path while $text =~ /\{\{_\s*(.*?)\s*\}\}/gs;
    $kinds{$1} //= $path while $text =~ /\|label:([a-z_]+)\}\}/g;
}
my $string = qr/"((?:[^"\\]|\\.)*(?:"\s*"(?:[^"\\]|\\.)*)*)"/;
{
    my $path = "$root/lib/base/err.def";
    my $text = slurp($path);
    $wanted{unquote($1)} //= $path while $text =~ /^E\(\w+,\s*\d+,\s*$string\)/gms;
}
for my $path (files('server', qr/\.c$/)) {
    my $text = slurp($path);
    # Why a request cannot be read: the {detail} of a refusal.
    while ($text =~ /\b(?:refuse\((?:r|m|&r),|why\s*=|refused_detail\s*=)([^;]*);/g) {
        my $whys = $1;
        for ($whys =~ /$string/g) {
            my $why = unquote($_);
            $wanted{$why} //= $path if $why =~ / / && $why !~ m{[/%\d+]};
        }
    }
    # A route row ends with its title; a field row with its label; both may use designators.
    while ($text =~ /\{\s*(?:GET|POST|PUT|DELETE),\s*"(.*?)\},?\s*\n/gs) {
        my $row = $1;
        $wanted{unquote($1)} //= $path if $row =~ /(?:\.title\s*=\s*|,\s*)$string\s*$/s;
    }
    # Rows and the macros that make rows: the label is the last text before the row ends.
    $wanted{unquote($1)} //= $path while $text =~ /\bF_[A-Z]+,[^"{}()]*$string\s*[)}]/gs;
    $wanted{unquote($1)} //= $path while $text =~ /\.(?:title|label)\s*=\s*$string/g;
}

# French parts ; : ? ! and guillemets from words by a no-break space; Arabic has a comma, a semicolon
# and a question mark of its own.
my %signs = (
    fr => qr/[^\x{a0}0-9][;?!](?:\s|$)|[^\x{a0}\d]:\s|«[^\x{a0}]|[^\x{a0}]»/,
    en => qr/[\x{a0}\x{600}-\x{6ff}]/,
    ar => qr/\p{Arabic}[,;?]|!!/,
);
my %po;    # language -> msgid -> msgstr
for my $lang (qw(fr en ar)) {
    $po{$lang} = {};
    for my $path (files("templates/i18n/$lang", qr/\.po$/)) {
        my $text = slurp($path);
        finding("$path: two translations in a row") if $text =~ /^msgstr[^\n]*\nmsgstr/m;
        while ($text =~ /^msgid\s+$string\s*\nmsgstr\s+$string/gms) {
            my ($id, $translation) = (unquote($1), unquote($2));
            next if $id eq '';
            finding("$path: different translations of \"$id\"")
                if exists $po{$lang}{$id} && $po{$lang}{$id} ne $translation;
            $po{$lang}{$id} = $translation;
            my $have = join ' ', sort $translation =~ /\{[a-z_.:]+\}/g;
            my $need = join ' ', sort $id =~ /\{[a-z_.:]+\}/g;
            finding("$path: placeholders differ in \"$id\"") if $have ne $need && $translation ne '';
            finding("$path: a sign stands wrongly in \"$translation\"") if $translation =~ $signs{$lang};
        }
    }
}

for my $id (sort keys %wanted) {
    next if $id eq '' || $id =~ /^[^\p{L}]*$/;
    for my $lang (qw(fr ar)) {
        finding("$wanted{$id}: no $lang for \"$id\"") if ($po{$lang}{$id} // '') eq '';
    }
}
my %labels = map { $_ => 1 } grep { /^[a-z_]+:\S+$/ } map { keys %{ $po{$_} } } keys %po;
for my $id (sort keys %labels) {
    for my $lang (qw(fr en ar)) {
        finding("templates/i18n/$lang: no label \"$id\"") if ($po{$lang}{$id} // '') eq '';
    }
}
for my $kind (sort keys %kinds) {
    finding("$kinds{$kind}: no labels of kind \"$kind\"") unless grep { /^\Q$kind\E:/ } keys %labels;
}
# A label's values come from the database; every other msgid must stand somewhere as it is.
my $said = join "\n", map { slurp($_) } files('server', qr/\.(?:c|h|sql)$/), files('lib', qr/\.(?:c|h|def)$/),
    files('templates', qr/\.(?:html|txt)$/);
$said =~ s/"\s*\n\s*"//g;
$kinds{$1} //= 'lib/base/err.def' while $said =~ /\{detail:([a-z_]+)\}/g;
my %translated = map { $_ => 1 } map { keys %{ $po{$_} } } keys %po;
for my $id (sort keys %translated) {
    next if $id =~ /^([a-z_]+):\S+$/ && exists $kinds{$1};
    (my $written = $id) =~ s/([\\"])/\\$1/g;
    finding("templates/i18n: nobody says \"$id\"") if index($said, $id) < 0 && index($said, $written) < 0;
}
printf "check-i18n: %d sentences, %d labels, %d findings\n", scalar keys %wanted,
    scalar keys %labels, $findings;
exit($findings ? 1 : 0);
