#!/bin/sh
# The on-device agent of the target `frr`. README.md beside it says what each verb promises; this file keeps it.
# POSIX sh; it needs ip, tc, nft, vtysh, awk, sed, sha256sum, flock and setsid, and root.
#
# Words: a *set* is a directory with any of guard.nft queue.tc queue.nft frr.conf rules edge.nft (and config.json, which is
# only kept). *Running* is what the kernel and FRR say now. *Applied* is the set that was brought up last, with what running
# looked like right after it.

set -u
umask 077
frr_seen=
export LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export PATH

ETC=/etc/intentc
RUN=/run/intentc
FRR_CONF=/etc/frr/frr.conf
UNITS=/etc/systemd/system
ARTEFACTS="guard.nft queue.tc queue.nft frr.conf rules edge.nft"
FEATURES="htb bfifo u32 nft-inet nft-fib rule-proto"
TOOLS="ip tc nft awk sed sha256sum flock setsid"
ROOT=1ca0
PREFERENCE=10000
MASK=0xffff000
WAIT_AT_BOOT=60
TRIES=120 # how often, and with which pause, the timer tries to go back; afterwards every verb does
PAUSE=5

# --- answers -----------------------------------------------------------------------------------------------------------

finish() { printf 'status=ok\n'; exit 0; }

fail() { # STATUS TEXT
    code=$1; shift
    printf 'error=%s\nstatus=error\n' "$(printf '%s' "$*" | tr '\n' ' ')"
    exit "$code"
}

sections() { # DIRECTORY FILE...: those that are there
    awk 'BEGIN {
        for (i = 2; i < ARGC; i++) {
            path = ARGV[1] "/" ARGV[i]; found = (getline line < path)
            if (found < 0) continue
            print "begin=" ARGV[i]
            for (; found > 0; found = (getline line < path)) print line
            print "end=" ARGV[i]
            close(path)
        } }' "$@"
}

is_word() { # a token, or the name of a stage
    case $1 in '' | *[!A-Za-z0-9-]*) return 1 ;; esac
    [ ${#1} -le 64 ]
}

plain() { printf '%s' "$1" | tr -c '[:print:]' ' ' | cut -c1-200; }

now() { cut -d. -f1 /proc/uptime; }

digest_of() { # of standard input
    digest=$(sha256sum)
    printf 'sha256:%s' "${digest%% *}"
}

need_root() {
    [ "$(id -u)" = 0 ] || fail 17 "not root"
    gone=
    for tool in $TOOLS; do
        command -v "$tool" >/dev/null 2>&1 || { printf 'missing=%s\n' "$tool"; gone="$gone $tool"; }
    done
    [ -z "$gone" ] || fail 17 "missing:$gone"
    [ -d "$RUN/stage" ] || mkdir -p "$RUN/stage"
}

has_room() { # what is saved, staged and listed on the way must not be cut short: that would restore half a device
    df -Pk "$RUN" | awk -v used="$(du -sk "$RUN" | cut -f 1)" 'NR == 2 { exit $4 < 1024 + 2 * used }'
}

has_tools() { # without them nothing can be read, and nothing looks like what was saved when nothing was
    for tool in $TOOLS; do command -v "$tool" >/dev/null 2>&1 || return 1; done
    [ ! -d /run/frr ] || command -v vtysh >/dev/null 2>&1
}

only_one() { # verbs that change something run one at a time, the timer's restore included
    exec 9>"$RUN/mutex"
    flock -w 120 9 || fail 14 "another verb is still at work"
}

# --- the running owned state -------------------------------------------------------------------------------------------

table_of() {
    case $1 in guard.nft) echo itc_guard ;; queue.nft) echo itc_queue ;; edge.nft) echo itc ;; esac
}

read_nft() { nft -s list table inet "$(table_of "$1")" 2>/dev/null; }

queued_ports() { tc qdisc show 2>/dev/null | awk -v root="$ROOT:" '$2 == "htb" && $3 == root && $6 == "root" {print $5}' | sort; }

# One line per qdisc, class and filter of every port of ours, without what only counts or only the kernel chose. tc tells no
# class which device it belongs to, so each port begins with its root qdisc; `-d`, which only classes need, is for all of a batch.
read_tc() {
    ports=$(queued_ports)
    [ -n "$ports" ] || return 0
    {
        for port in $ports; do printf 'qdisc show dev %s\nfilter show dev %s parent %s:\n' "$port" "$port" "$ROOT"; done | tc -force -b - 2>/dev/null
        echo classes
        for port in $ports; do printf 'qdisc show dev %s\nclass show dev %s\n' "$port" "$port"; done | tc -force -d -b - 2>/dev/null
    } | awk -v names="$(echo $ports)" -v root="$ROOT:" '
        BEGIN { split(names, port) }
        $0 == "classes" { at = 0; is_class = 1; next }
        $1 == "qdisc" && $3 == root { at++; if (is_class) next }
        $1 == "qdisc" && is_class { next }
        $1 == "qdisc" { gsub(/ (refcnt|r2q|direct_packets_stat|direct_qlen) [0-9]+/, "") }
        $1 == "class" {
            gsub(/ (linklayer [a-z]+|level [0-9]+|leaf [0-9a-f]+:|overhead [0-9]+)/, "")
            gsub(/\/[0-9]+ mpu [0-9]+b/, "")
        }
        $1 == "filter" {
            if (!/flowid/) next
            for (i = 1; i < NF; i++) {
                if ($i == "protocol") protocol = $(i + 1)
                if ($i == "pref") pref = $(i + 1)
                if ($i ~ /flowid$/) flow = $(i + 1) }
            next }
        $1 == "match" { $0 = "filter " protocol " pref " pref " at " $4 " flowid " flow " match " $2 }
        $0 != "" { sub(/ *$/, ""); print port[at] " " $0 }' | sort
}

read_rules() {
    for family in 4 6; do
        ip -N "-$family" rule show 2>/dev/null | awk -v family="$family" -v pref="$PREFERENCE:" '
            $1 == pref && / proto 99( |$)/ {
                for (i = 1; i < NF; i++) { if ($i == "fwmark") mark = $(i + 1); if ($i == "lookup") table = $(i + 1) }
                print family, substr(pref, 1, length(pref) - 1), mark, table }'
    done | sort
}

show_frr() {
    if [ -n "$frr_seen" ]; then printf '%s\n' "$frr_seen"; return 0; fi
    command -v vtysh >/dev/null 2>&1 && vtysh -c 'show running-config' 2>/dev/null
}

# From FRR configuration text: our lines in one order (mode=owned), or everything else (mode=foreign).
split_frr() { # MODE
    awk -v mode="$1" '
        function is_route(line,   words, count) {
            if (line !~ /^(ip|ipv6) route .* table [0-9]+$/) return 0
            count = split(line, words, " ")
            return words[count] > 1100000 && words[count] <= 1165535
        }
        function flush_interface(   i, is_ours) {
            if (head == "") return
            split("", ours)
            for (i = 1; i <= size; i++) for (p = 1; p <= 3; p++) if (body[i] == " " bfd[p] " profile ITC") ours[p] = 1
            is_ours = (1 in ours) || (2 in ours) || (3 in ours)
            if (mode == "foreign") print head
            for (i = 1; i <= size; i++) {
                mine = 0
                for (p = 1; p <= 3; p++) if ((p in ours) && (body[i] == " " bfd[p] || body[i] == " " bfd[p] " profile ITC")) mine = 1
                if (mine) { if (mode == "owned") block = block body[i] "\n" } else if (mode == "foreign") print body[i]
            }
            if (mode == "owned" && is_ours) ports = ports head "\n" block "exit\n"
            if (mode == "foreign" && tail != "") print tail
            head = ""; size = 0; block = ""; tail = ""
        }
        BEGIN { bfd[1] = "isis bfd"; bfd[2] = "ip ospf bfd"; bfd[3] = "ipv6 ospf6 bfd" }
        $0 == "! intentc begin" { flush_interface(); is_persisted = 1; next }
        $0 == "! intentc end" { flush_interface(); is_persisted = 0; next }
        is_persisted && mode == "foreign" { next }
        head != "" && /^ / { body[++size] = $0; next }
        head != "" { if ($0 == "exit") { tail = $0; flush_interface(); next } flush_interface() }
        /^interface / { head = $0; next }
        in_profile { if ($0 == " exit" || $0 !~ /^  /) { in_profile = 0; if ($0 == " exit") next } else { profile = profile $0 "\n"; next } }
        /^bfd$/ { if (mode == "foreign") { held = "bfd" } in_bfd = 1; next }
        in_bfd && $0 == " profile ITC" { in_profile = 1; has_profile = 1; next }
        in_bfd && $0 == "exit" { in_bfd = 0; if (mode == "foreign" && held == "") print; held = ""; next }
        in_bfd && /^ !$/ { next }
        in_bfd { if (mode == "foreign") { if (held != "") { print held; held = "" } print } next }
        is_route($0) { if (mode == "owned") print; next }
        mode == "foreign" { print }
        END {
            flush_interface()
            if (mode == "owned") {
                if (has_profile) printf "bfd\n profile ITC\n%s exit\nexit\n", profile
                printf "%s", ports
            }
        }'
}

read_frr() { # routes sorted, then the profile, then the interfaces
    show_frr | split_frr owned | awk '
        /^(ip|ipv6) route / { print | "sort"; next }
        $0 != "" { rest = rest $0 "\n" }
        END { close("sort"); printf "%s", rest }'
}

read_artefact() {
    case $1 in
    *.nft) read_nft "$1" ;;
    queue.tc) read_tc ;;
    rules) read_rules ;;
    frr.conf) read_frr ;;
    esac
    return 0
}

read_into() { # DIRECTORY: one file per artefact
    mkdir -p "$1"
    for file in $ARTEFACTS; do : >"$1/$file"; done
    nft -s list ruleset inet 2>/dev/null | awk -v directory="$1/" '
        $0 == "table inet itc_guard {" { file = directory "guard.nft" }
        $0 == "table inet itc_queue {" { file = directory "queue.nft" }
        $0 == "table inet itc {" { file = directory "edge.nft" }
        file != "" { print >file }
        $0 == "}" { file = "" }'
    for file in queue.tc frr.conf rules; do read_artefact "$file" >"$1/$file"; done
}

digest_read() { # DIRECTORY written by read_into
    (
        cd "$1" && awk 'BEGIN {
            for (i = 1; i < ARGC; i++) { print "# " ARGV[i]; while ((getline line < ARGV[i]) > 0) print line; close(ARGV[i]) }
        }' $ARTEFACTS
    ) | digest_of
}

running_digest() {
    temporary=$(mktemp -d "$RUN/read.XXXXXX")
    read_into "$temporary"
    digest_read "$temporary"
    rm -rf "$temporary"
}

digest_set() { # DIRECTORY: of its files
    for file in $ARTEFACTS config.json; do
        [ -f "$1/$file" ] && { printf '# %s\n' "$file"; cat "$1/$file"; }
    done | digest_of
}

# --- bringing a set up ---------------------------------------------------------------------------------------------------

# Each step prints `changed=` when it touched something and fails (returns 1, prints `check=`) when the device refuses.

# `$RUN/before` is what ran before the first step, `$RUN/after` what runs after the last.

is_current() { # FILE SET: the same file was applied last, and what it became still runs
    if [ -f "$2/$1" ]; then cmp -s "$2/$1" "$RUN/applied/$1" || return 1; else [ ! -f "$RUN/applied/$1" ] || return 1; fi
    cmp -s "$RUN/before/$1" "$RUN/applied/running/$1"
}

said() { # FILE: the device's own words, one line each
    sed -e '/^$/d' -e "s/^/check=$1: /" "$RUN/said" | tr -cd '[:print:]\n' | cut -c1-300
}

bring_nft() { # FILE SET
    is_current "$1" "$2" && return 0
    if [ -f "$2/$1" ]; then
        nft -f "$2/$1" >"$RUN/said" 2>&1 || { said "$1"; return 1; }
    elif [ -s "$RUN/before/$1" ]; then
        nft delete table inet "$(table_of "$1")" >"$RUN/said" 2>&1 || { said "$1"; return 1; }
    else
        return 0
    fi
    printf 'changed=%s\n' "$1"
}

wanted_ports() { # SET
    [ -f "$1/queue.tc" ] && awk '$1 == "qdisc" && $5 == "root" {print $4}' "$1/queue.tc" | sort
    return 0
}

add_queues() { # SET: new trees whole, existing ones by changing classes and queues in place
    is_current queue.tc "$1" && return 0
    [ -f "$1/queue.tc" ] || return 0
    have=" $(queued_ports | tr '\n' ' ')"
    awk -v have="$have" '
        /^(#|$)/ { next }
        { is_there = index(have, " " $4 " ") > 0 }
        is_there && ($1 == "filter") { next }
        is_there && $5 == "root" { next }
        { print }' "$1/queue.tc" >"$RUN/batch"
    tc -b "$RUN/batch" >"$RUN/said" 2>&1 || { said queue.tc; return 1; }
    printf 'changed=queue.tc\n'
}

unwanted_classes() { # INTERFACE FILE: of those that tc shows on standard input
    awk -v port="$1" -v given="$2" '
        BEGIN {
            while ((getline < given) > 0)
                for (i = 5; i < NF; i++) if ($1 == "class" && $4 == port && $i == "classid") wanted[$(i + 1)] = 1 }
        $1 == "class" && !($3 in wanted) { print $3 }'
}

remove_queues() { # SET: trees and classes that it does not name
    for port in $(queued_ports); do
        if wanted_ports "$1" | grep -qx -- "$port"; then
            tc class show dev "$port" | unwanted_classes "$port" "$1/queue.tc" | while read -r class; do
                tc class del dev "$port" classid "$class" 2>&1 || echo failed
                printf 'changed=queue.tc\n' >>"$RUN/changes"
            done >"$RUN/said"
        else
            tc qdisc del dev "$port" root >"$RUN/said" 2>&1 && printf 'changed=queue.tc\n' >>"$RUN/changes"
        fi
        [ ! -s "$RUN/said" ] || { said queue.tc; return 1; }
    done
}

rule_words() { # "4 10000 0x1000/0xffff000 1100001" -> arguments of ip
    set -- $1
    echo "-$1 rule ADD pref $2 fwmark $3 lookup $4 proto 99"
}

change_rules() { # add|del FILE-WITH-LINES
    while read -r line; do
        words=$(rule_words "$line" | sed "s/ADD/$1/")
        ip $words >"$RUN/said" 2>&1 || { said rules; return 1; }
        printf 'changed=rules\n' >>"$RUN/changes"
    done <"$2"
}

plan_rules() { # SET: what to add and to remove
    { [ -f "$1/rules" ] && grep -v '^#' "$1/rules"; } | sort >"$RUN/rules.wanted"
    comm -23 "$RUN/rules.wanted" "$RUN/before/rules" >"$RUN/rules.add"
    comm -13 "$RUN/rules.wanted" "$RUN/before/rules" >"$RUN/rules.remove"
}

flat_frr() { # lines with their block before them, parted by a tab
    awk -F '\n' '
        /^(!|#|$)/ { next }
        /^(ip|ipv6) route / { print "\t" $0; next }
        /^bfd$/ { next }
        /^ profile ITC$/ { block = "profile"; print block "\t"; next }
        /^interface / { block = $0; next }
        /^ *exit$/ { next }
        { sub(/^ */, ""); print block "\t" $0 }' | sort
}

plan_frr() { # SET DIRECTORY: what to add and to remove, from what was read into the directory
    { [ -f "$1/frr.conf" ] && cat "$1/frr.conf"; } | flat_frr >"$RUN/frr.wanted"
    flat_frr <"$2/frr.conf" >"$RUN/frr.running"
    comm -23 "$RUN/frr.wanted" "$RUN/frr.running" >"$RUN/frr.add"
    comm -13 "$RUN/frr.wanted" "$RUN/frr.running" >"$RUN/frr.remove"
}

run_frr() { # commands from standard input; evidence is the running configuration, read by the caller
    cat >"$RUN/frr.commands"
    [ -s "$RUN/frr.commands" ] || return 0
    vtysh -f "$RUN/frr.commands" >"$RUN/said" 2>&1
    printf 'changed=frr.conf\n' >>"$RUN/changes"
}

add_frr() { # the profile whole (FRR keeps what is not said), before the ports that use it
    is_profile_wanted=$(grep -c '^profile	$' "$RUN/frr.wanted")
    {
        if [ "$is_profile_wanted" != 0 ] && grep -q '^profile	' "$RUN/frr.add" "$RUN/frr.remove"; then
            awk -F '\t' '
                BEGIN { value["detect-multiplier"] = 3; value["transmit-interval"] = 300; value["receive-interval"] = 300 }
                $1 == "profile" && $2 != "" { split($2, words, " "); value[words[1]] = words[2] }
                END {
                    print "bfd\n profile ITC"
                    print "  detect-multiplier " value["detect-multiplier"]
                    print "  transmit-interval " value["transmit-interval"]
                    print "  receive-interval " value["receive-interval"]
                    print " exit\nexit"
                }' "$RUN/frr.wanted"
        fi
        awk -F '\t' '$1 == "" { print $2 } $1 ~ /^interface / { print $1 "\n " $2 "\nexit" }' "$RUN/frr.add"
    } | run_frr
}

remove_frr() { # `… bfd profile ITC` before `… bfd`, ports before the profile
    {
        awk -F '\t' '$1 == "" { print "no " $2 }' "$RUN/frr.remove"
        grep ' profile ITC$' "$RUN/frr.remove" | awk -F '\t' '$1 ~ /^interface / { print $1 "\n no " $2 "\nexit" }'
        grep -v ' profile ITC$' "$RUN/frr.remove" | awk -F '\t' '$1 ~ /^interface / { print $1 "\n no " $2 "\nexit" }'
        if ! grep -q '^profile	$' "$RUN/frr.wanted" && grep -q '^profile	$' "$RUN/frr.remove"; then
            printf 'bfd\n no profile ITC\nexit\n'
        fi
    } | run_frr
    if grep -q '^profile	$' "$RUN/frr.remove" && show_frr | grep -A 1 '^bfd$' | grep -q '^exit$'; then
        echo 'no bfd' | run_frr # an empty block that our profile made
    fi
}

check_frr() { # SET: FRR says yes to nearly everything, so look
    plan_frr "$1" "$RUN/after"
    [ ! -s "$RUN/frr.add" ] && [ ! -s "$RUN/frr.remove" ] && return 0
    said frr.conf
    sed -e 's/^/check=frr.conf: not there: /' "$RUN/frr.add" | tr '\t' ' '
    sed -e 's/^/check=frr.conf: still there: /' "$RUN/frr.remove" | tr '\t' ' '
    return 1
}

bring_up() { # SET: what guards, then what adds, then what switches, then what removes
    : >"$RUN/changes"; : >"$RUN/said"
    read_into "$RUN/before"
    plan_rules "$1"
    plan_frr "$1" "$RUN/before"
    bring_nft guard.nft "$1" && add_queues "$1" && bring_nft queue.nft "$1" || return 1
    add_frr
    change_rules add "$RUN/rules.add" || return 1
    bring_nft edge.nft "$1" || return 1
    change_rules del "$RUN/rules.remove" || return 1
    remove_frr
    remove_queues "$1" || return 1
    sort -u "$RUN/changes"
    read_into "$RUN/after"
    check_frr "$1"
}

remember() { # SET: it is what was applied, and what runs after it is what it became
    rm -rf "$RUN/applied.new"
    mkdir -p "$RUN/applied.new"
    for file in $ARTEFACTS config.json; do [ -f "$1/$file" ] && cp "$1/$file" "$RUN/applied.new/"; done
    cp -R "$RUN/after" "$RUN/applied.new/running"
    digest_read "$RUN/applied.new/running" >"$RUN/applied.new/digest"
    rm -rf "$RUN/applied"
    mv "$RUN/applied.new" "$RUN/applied"
}

applied_digest() { if [ -f "$RUN/applied/digest" ]; then cat "$RUN/applied/digest"; else printf none; fi; }

# --- saving and restoring ------------------------------------------------------------------------------------------------

tc_commands() { # what read_tc printed, as commands that make it
    # tc keeps a burst as a time in clock ticks (15.625 per microsecond) and rounds on the way in and out, so what it shows
    # becomes less when it is given back: look for a size that is shown the same
    awk '
        function bits(text) { return text * (text ~ /Kbit/ ? 1e3 : text ~ /Mbit/ ? 1e6 : text ~ /Gbit/ ? 1e9 : 1) }
        function bytes(text) { return text * (text ~ /Kb/ ? 1024 : text ~ /Mb/ ? 1048576 : 1) }
        function shown(size, rate) { return int(rate * int(int(int(1e6 * (size / rate)) * 15.625) / 15.625) / 1e6) }
        function again(burst, text,   rate, wanted, size, off, least, best) {
            rate = bits(text) / 8; wanted = bytes(burst); best = wanted; least = -1
            for (size = wanted; size <= wanted + 4 * rate / 1e6 + 2; size++) {
                off = shown(size, rate) - wanted; if (off < 0) off = -off
                if (least < 0 || off < least) { least = off; best = size }
                if (least == 0) break
            }
            return best
        }
        $2 == "qdisc" && $3 == "htb" { print "qdisc add dev " $1 " root handle " $4 " htb default " substr($NF, 3); next }
        $2 == "class" {
            name = $4; dev = $1; line = $0
            sub(/^[^ ]+ class htb [^ ]+ /, "", line); sub(/^root /, "parent 1ca0: ", line)
            count = split(line, words, " "); parent = words[2]; line = ""
            for (i = 3; i < count; i += 2) {
                if (words[i] == "rate") rate = words[i + 1]
                if (words[i] == "ceil") ceil = words[i + 1]
                if (words[i] == "burst") words[i + 1] = again(words[i + 1], rate)
                if (words[i] == "cburst") words[i + 1] = again(words[i + 1], ceil)
                line = line (line == "" ? "" : " ") words[i] " " words[i + 1]
            }
            print "class replace dev " dev " parent " parent " classid " name " htb " line; next }
        $2 == "qdisc" { print "qdisc replace dev " $1 " " $5 " " $6 " handle " $4 " " $3 " " $7 " " $8; next }
        $2 == "filter" {
            split($NF, key, "/")
            print "filter replace dev " $1 " parent 1ca0: protocol " $3 " prio " $5 " u32 match u32 0x" key[1] " 0x" key[2] " at " $7 " flowid " $9
        }' | awk '{ rank = $1 == "filter" ? 3 : $5 == "root" ? 0 : $1 == "class" && $6 == "1ca0:" ? 1 : 2; print rank "\t" $4 "\t" $0 }' |
        sort -s -t '	' -k2,2 -k1,1n | cut -f3
}

save_into() { # DIRECTORY: a set that restores what runs now, and what that looks like
    mkdir -p "$1/set"
    read_into "$1/running"
    for file in guard.nft queue.nft edge.nft; do
        [ -s "$1/running/$file" ] || continue
        name=$(table_of "$file")
        { printf 'table inet %s\ndelete table inet %s\n' "$name" "$name"; cat "$1/running/$file"; } >"$1/set/$file"
    done
    for file in frr.conf rules; do [ -s "$1/running/$file" ] && cp "$1/running/$file" "$1/set/"; done
    if [ -f "$RUN/applied/queue.tc" ] && cmp -s "$1/running/queue.tc" "$RUN/applied/running/queue.tc"; then
        cp "$RUN/applied/queue.tc" "$1/set/"
    elif [ -s "$1/running/queue.tc" ]; then
        tc_commands <"$1/running/queue.tc" >"$1/set/queue.tc"
    fi
    nft list tables inet 2>/dev/null | awk '$3 ~ /^itc(_guard|_queue)?$/ {print $3}' >"$1/order"
    [ -d "$RUN/applied" ] && cp -R "$RUN/applied" "$1/applied"
    return 0
}

restore_tables() { # DIRECTORY: all tables in one transaction and in the order in which they were listed
    {
        for name in itc_guard itc_queue itc; do printf 'table inet %s\ndelete table inet %s\n' "$name" "$name"; done
        while read -r name; do
            case $name in itc_guard) file=guard.nft ;; itc_queue) file=queue.nft ;; *) file=edge.nft ;; esac
            cat "$1/running/$file"
        done <"$1/order"
    } >"$RUN/tables"
    nft -f "$RUN/tables" >"$RUN/said" 2>&1 || { said tables; return 1; }
}

is_as_saved() { # DIRECTORY
    rm -rf "$RUN/check"; read_into "$RUN/check"
    same=0
    for file in $ARTEFACTS; do
        cmp -s "$RUN/check/$file" "$1/running/$file" || { printf 'differs=%s\n' "$file"; same=1; }
    done
    rm -rf "$RUN/check"
    return $same
}

go_back() { # OUTCOME: to what was saved; guards and what carries before what sends. What fails stays pending
    { has_room && has_tools; } || return 15
    rm -rf "$RUN/returning"
    mv "$RUN/pending" "$RUN/returning" || return 1
    saved=$RUN/returning/saved
    rm -rf "$RUN/applied" # nothing is known to be current any more
    : >"$RUN/changes"; : >"$RUN/said"
    if ! is_as_saved "$saved" >/dev/null; then
        read_into "$RUN/before"
        plan_rules "$saved/set"; plan_frr "$saved/set" "$RUN/before"
        add_queues "$saved/set"
        add_frr
        change_rules add "$RUN/rules.add"
        restore_tables "$saved"
        change_rules del "$RUN/rules.remove"
        remove_frr
        remove_queues "$saved/set"
    fi
    [ -d "$saved/applied" ] && cp -R "$saved/applied" "$RUN/applied"
    is_as_saved "$saved" || { mv "$RUN/returning" "$RUN/pending"; return 15; }
    printf '%s,%s\n' "$1" "$(cat "$RUN/returning/token")" >"$RUN/last"
    rm -rf "$RUN/returning"
}

is_pending() { # TOKEN
    { read -r token <"$RUN/pending/token"; } 2>/dev/null && [ "$token" = "$1" ]
}

is_early() { # before the deadline; asked every second on every device, so without another process
    read -r up _ </proc/uptime
    { read -r deadline <"$RUN/pending/deadline"; } 2>/dev/null && [ "$deadline" -gt "${up%%.*}" ]
}

pending_token() { cat "$RUN/pending/token" 2>/dev/null; }

holds_lock() { [ "$(sed -n 's/^token=//p' "$RUN/lock" 2>/dev/null)" = "$1" ]; }

need_lock() { holds_lock "$1" || fail 12 "the lock is not held by $1"; }

is_timer_alive() { # a zombie (in a container nobody may reap it) and another process with its number are not
    [ -f "$RUN/pending/timer" ] && tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$RUN/pending/timer")/cmdline" |
        grep -q -- "agent.sh timer $(pending_token) "
}

has_timer_begun() { # between fork and exec it still bears our own command line
    for pause in 0.01 0.02 0.05 0.1 0.2 0.2 0.2 0.2 0.2 0.2 0.2 0.2; do
        is_timer_alive && return 0
        sleep "$pause"
    done
    return 1
}

catch_up() { # a timer that was killed does not keep a change alive
    [ -d "$RUN/pending" ] && ! is_timer_alive && [ "$(now)" -ge "$(cat "$RUN/pending/deadline")" ] && go_back expired >/dev/null
    [ -d "$RUN/returning" ] && [ ! -d "$RUN/pending" ] && mv "$RUN/returning" "$RUN/pending" && go_back restored >/dev/null
    return 0
}

# --- verbs ---------------------------------------------------------------------------------------------------------------

verb_identify() {
    release=$(show_frr | sed -n 's/^frr version \([0-9.]*\).*/\1/p')
    printf 'agent=1\nhostname=%s\nuid=%s\nsystem=FRR\nrelease=%s\n' "$(plain "$(uname -n)")" "$(id -u)" "$release"
    printf 'kernel=%s\nmachine=%s\n' "$(uname -r)" "$(cat /etc/machine-id 2>/dev/null)"
    printf 'nft=%s\n' "$(nft --version 2>/dev/null | sed 's/^nftables v\([^ ]*\).*/\1/')"
    printf 'iproute2=%s\n' "$(ip -V 2>/dev/null | sed 's/.*iproute2-\([^,]*\).*/\1/')"
    if [ -d /run/systemd/system ]; then echo systemd=yes; else echo systemd=no; fi
    [ "$(id -u)" = 0 ] && show_features
    finish
}

show_features() { # once per boot and kernel when all are there; what is missing may be loaded later
    known=$RUN/features-$(uname -r)
    if [ -f "$known" ]; then cat "$known"; return 0; fi
    found=$(probe_features)
    [ -z "$found" ] || printf '%s\n' "$found"
    for feature in $FEATURES; do case $found in *"feature=$feature"*) ;; *) return 0 ;; esac; done
    mkdir -p "$RUN" && printf '%s\n' "$found" >"$known.$$" && mv "$known.$$" "$known"
}

probe_features() { # in a network namespace of its own, which vanishes with the process
    command -v unshare >/dev/null 2>&1 || return 0
    unshare -n sh -c '
        ip link set lo up
        tc qdisc add dev lo root handle 1: htb && echo feature=htb
        tc class add dev lo parent 1: classid 1:1 htb rate 1mbit &&
            tc qdisc add dev lo parent 1:1 handle 2: bfifo limit 10k && echo feature=bfifo
        tc filter add dev lo parent 1: protocol all prio 1 u32 match u32 0 0 flowid 1:1 && echo feature=u32
        nft add table inet t && echo feature=nft-inet
        nft add chain inet t c "{ type filter hook prerouting priority 0; }" &&
            nft add rule inet t c fib daddr type local accept && echo feature=nft-fib
        ip rule add pref 1 fwmark 0x1000/0xffff000 lookup 1100001 proto 99 && echo feature=rule-proto
    ' 2>/dev/null
    return 0
}

verb_facts() {
    need_root
    ip -o link show | awk '{
        name = $2; sub(/:$/, "", name); sub(/@.*/, "", name); mtu = ""
        for (i = 1; i < NF; i++) if ($i == "mtu") mtu = $(i + 1)
        print "interface=" name "," ($3 ~ /[<,]UP[,>]/ ? "UP" : "DOWN") "," mtu }'
    ip -o addr show | awk '$3 == "inet" || $3 == "inet6" {print "address=" $2 "," $4}'
    show_frr | awk '
        /^interface / { port = $2; next }
        /^exit/ { port = "" }
        port != "" && /^ (isis|ip ospf|ipv6 ospf6) bfd/ {
            protocol = $1 == "isis" ? "isis" : $2
            if ($0 ~ / profile ITC$/) ours[port "," protocol] = 1; else seen[port "," protocol] = 1 }
        END { for (key in seen) if (!(key in ours)) print "bfd_foreign=" key }' | sort
    foreign_qdiscs
    for family in 4 6; do
        ip -N "-$family" rule show | awk -v pref="$PREFERENCE:" '$1 == pref && !/ proto 99( |$)/ {print "rule_foreign=" substr(pref, 1, length(pref) - 1)}'
        ip -N "-$family" route show table all 2>/dev/null | awk '{
            for (i = 1; i < NF; i++) { if ($i == "table") table = $(i + 1); if ($i == "proto") proto = $(i + 1) }
            if (table > 1100000 && table <= 1165535 && proto != 196 && proto != 4) print "table_foreign=" table
            table = 0; proto = 0 }'
    done | sort -u
    nft -s list ruleset 2>/dev/null | awk '
        /^table / { name = $2 " " $3 }
        / mark set / && name !~ /^inet itc/ { print "mark_foreign=" name }' | sort -u
    finish
}

foreign_qdiscs() {
    tc qdisc show | awk -v ours="$ROOT:" '$6 == "root" && $3 != "0:" && $3 != ours {print "qdisc_foreign=" $5 "," $2 "," $3}'
}

verb_state() {
    need_root; only_one; catch_up
    if [ -f "$RUN/lock" ]; then
        printf 'lock=%s\n' "$(sed -n 's/^token=//p' "$RUN/lock")"; holder
    else
        echo lock=none
    fi
    if [ -d "$RUN/pending" ]; then
        printf 'pending=%s\ndeadline=%s\nnow=%s\n' "$(pending_token)" "$(cat "$RUN/pending/deadline")" "$(now)"
    else
        echo pending=none
    fi
    for stage in "$RUN"/stage/*/; do [ -d "$stage" ] && printf 'staged=%s\n' "$(basename "$stage")"; done
    [ -f "$RUN/last" ] && printf 'last=%s\n' "$(cat "$RUN/last")"
    printf 'running=%s\napplied=%s\n' "$(running_digest)" "$(applied_digest)"
    if [ -d "$ETC/config" ]; then printf 'persisted=%s\n' "$(digest_set "$ETC/config")"; else echo persisted=none; fi
    finish
}

holder() { sed -n -e 's/^\(owner\|reason\|since\)=/holder_\1=/p' "$RUN/lock"; }

verb_lock() { # TOKEN OWNER REASON
    need_root; only_one; catch_up
    { [ $# = 3 ] && is_word "$1"; } || fail 10 "lock TOKEN OWNER REASON"
    printf 'token=%s\nowner=%s\nreason=%s\nsince=%s\n' "$1" "$(plain "$2")" "$(plain "$3")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$RUN/lock.$$" ||
        { rm -f "$RUN/lock.$$"; fail 14 "cannot write $RUN"; } # an empty lock would be nobody's to free
    if ! ln "$RUN/lock.$$" "$RUN/lock" 2>/dev/null && ! holds_lock "$1"; then
        rm -f "$RUN/lock.$$"
        printf 'holder_token=%s\n' "$(sed -n 's/^token=//p' "$RUN/lock")"; holder
        fail 11 "locked by another transaction"
    fi
    rm -f "$RUN/lock.$$"
    printf 'lock=%s\n' "$1"
    finish
}

verb_unlock() { # TOKEN
    need_root; only_one; catch_up
    { [ $# = 1 ] && is_word "$1"; } || fail 10 "unlock TOKEN"
    [ -f "$RUN/lock" ] || finish
    need_lock "$1"
    [ ! -d "$RUN/pending" ] || fail 12 "a restore is pending: confirm or restore first"
    rm -rf "$RUN/lock" "$RUN/stage"
    finish
}

verb_read() {
    need_root
    temporary=$(mktemp -d "$RUN/read.XXXXXX")
    read_into "$temporary"
    sections "$temporary" $ARTEFACTS
    printf 'digest=%s\n' "$(digest_read "$temporary")"
    rm -rf "$temporary"
    finish
}

# What each of several verbs that only read answers, in one process that asks FRR once, each followed by what the caller's script
# puts after a verb of its own.
verb_look() { # VERB...
    frr_seen=$(show_frr)
    for name in "$@"; do
        case $name in identify | facts | read | given) ("verb_$name") ;; *) (fail 10 "look VERB...") ;; esac
        ended=$?
        printf 'pending=%s\nintentc-exit=%s\n' "$(pending_token || echo none)" "$ended"
        [ "$ended" = 0 ] || exit "$ended"
    done
}

verb_given() { # [persisted]
    need_root
    from=$RUN/applied
    case ${1-} in persisted) from=$ETC/config ;; '') ;; *) fail 10 "given [persisted]" ;; esac
    [ -d "$from" ] || { echo digest=none; finish; }
    sections "$from" $ARTEFACTS config.json
    printf 'digest=%s\n' "$(digest_set "$from")"
    finish
}

# One vtysh for all of it. Reading standard input it goes on where a daemon does not run (after `-c` it would not), and no line of
# one answer looks like one of another.
verb_neighbours() {
    need_root
    printf 'show isis neighbor\nshow ip ospf neighbor\nshow ipv6 ospf6 neighbor\nshow bfd peers\n' |
        TERM=dumb VTYSH_HISTFILE=/dev/null vtysh 2>/dev/null | awk '
        $4 == "Up" { print "neighbour=isis," $2 "," $1 }
        $3 ~ /^Full/ { for (i = 4; i <= NF; i++) if ($i ~ /:[0-9.]+$/) { split($i, at, ":"); print "neighbour=ospf," at[1] "," $1 } }
        $4 ~ /^Full/ { port = $6; sub(/\[.*/, "", port); print "neighbour=ospf6," port "," $1 }
        $1 == "peer" { peer = $2; port = ""; for (i = 1; i < NF; i++) if ($i == "interface") port = $(i + 1) }
        $1 == "Status:" && $2 == "up" { print "bfd=" peer "," port }' | sort
    finish
}

verb_counters() {
    need_root
    for name in itc_guard itc; do
        nft list counters table inet $name 2>/dev/null | awk -v table=$name '
            $1 == "counter" { name = $2 }
            $1 == "packets" { print "counter=" table "," name "," $2 "," $4 }'
    done
    for port in $(queued_ports); do
        tc -s class show dev "$port" | awk -v port="$port" '
            $1 == "class" { id = $3 }
            $1 == "Sent" { dropped = $7; sub(/,/, "", dropped); print "queue=" port "," id "," $4 "," $2 "," dropped }'
    done
    finish
}

verb_stage() { # TOKEN NAME DIRECTORY
    need_root; only_one; catch_up
    { [ $# = 3 ] && is_word "$1" && is_word "$2" && [ -d "$3" ]; } || fail 10 "stage TOKEN NAME DIRECTORY"
    need_lock "$1"
    new=$RUN/staging
    rm -rf "$new"; mkdir -p "$new"
    for path in "$3"/*; do
        [ -e "$path" ] || continue
        file=${path##*/}
        case " $ARTEFACTS config.json " in *" $file "*) cp "$path" "$new/$file" || fail 13 "cannot copy $file" ;; *)
            printf 'check=%s: not a file of a set\n' "$(plain "$file")"; fail 13 "a file that does not belong here" ;;
        esac
    done
    bad=$(check_set "$new")
    printf '%s\n' "$bad" | sed '/^$/d'
    case $bad in *foreign=*) fail 16 "something foreign holds what is needed" ;; esac
    case $bad in *check=*) fail 13 "the device does not accept the files" ;; esac
    rm -rf "$RUN/stage/$2"; mkdir -p "$RUN/stage"
    mv "$new" "$RUN/stage/$2"
    set -- "$RUN/stage/$2"/*
    [ ! -f "$1" ] || sha256sum "$@" | awk '{ sub(/.*\//, "", $2); print "file=" $2 ",sha256:" $1 }'
    finish
}

check_set() { # SET: prints check= and foreign= lines
    for file in guard.nft queue.nft edge.nft; do [ -f "$1/$file" ] && check_nft "$file" "$1"; done
    [ -f "$1/queue.tc" ] && check_tc "$1"
    [ -f "$1/rules" ] && check_rules "$1"
    [ -f "$1/frr.conf" ] && check_fragment "$1"
    return 0
}

check_nft() { # FILE SET: valid, and about our own table only
    awk -v name="$(table_of "$1")" -v file="$1" '
        depth == 0 && $0 !~ /^(#|$)/ && $0 != "table inet " name && $0 != "delete table inet " name && $0 != "table inet " name " {" && $0 != "}" {
            print "check=" file ": line " NR " is not about the table " name; exit }
        { depth += gsub(/\{/, "{") - gsub(/\}/, "}") }' "$2/$1"
    nft -c -f "$2/$1" >"$RUN/said" 2>&1 || said "$1"
}

check_tc() { # SET: known commands only, on interfaces that exist and are free
    number='[0-9]+(\.[0-9]+)?[KMGkmg]?(bit|b)?'
    grep -vE -e '^(#|$)' -e '^qdisc add dev [A-Za-z][A-Za-z0-9_.-]* root handle 1ca0: htb default [0-9a-f]+$' \
        -e "^class replace dev [A-Za-z][A-Za-z0-9_.-]* parent 1ca0:1? classid 1ca0:[0-9a-f]+ htb( prio [0-7] quantum [0-9]+)? rate $number ceil $number burst $number cburst $number\$" \
        -e "^qdisc replace dev [A-Za-z][A-Za-z0-9_.-]* parent 1ca0:[0-9a-f]+ handle 1d[0-9a-f]+: bfifo limit $number\$" \
        -e '^filter replace dev [A-Za-z][A-Za-z0-9_.-]* parent 1ca0: protocol (all|arp) prio [0-9]+ u32 match u32 (0x)?[0-9a-f]+ (0x)?[0-9a-f]+( at 0)? flowid 1ca0:[0-9a-f]+$' \
        "$1/queue.tc" | sed 's/^/check=queue.tc: not a command of ours: /' | tr -cd '[:print:]\n' | cut -c1-300
    foreign_qdiscs >"$RUN/qdiscs.foreign"
    for port in $(wanted_ports "$1"); do
        [ -e "/sys/class/net/$port" ] || ip link show dev "$port" >/dev/null 2>&1 || printf 'check=queue.tc: there is no interface %s\n' "$port"
        while IFS= read -r line; do
            case $line in "qdisc_foreign=$port,"*) printf 'foreign=qdisc %s\n' "${line#*=}" ;; esac
        done <"$RUN/qdiscs.foreign"
    done
}

check_rules() {
    grep -vE -e '^(#|$)' -e "^[46] $PREFERENCE 0x[0-9a-f]+/$MASK 11[0-9]{5}\$" "$1/rules" | sed 's/^/check=rules: not a rule of ours: /' | tr -cd '[:print:]\n'
    for family in 4 6; do
        ip -N "-$family" rule show | awk -v pref="$PREFERENCE:" '$1 == pref && !/ proto 99( |$)/ {print "foreign=ip rule with preference " substr(pref, 1, length(pref) - 1)}'
    done | sort -u
}

check_fragment() { # SET: FRR's own parser, nothing but our lines, and no BFD of others on these ports
    command -v vtysh >/dev/null 2>&1 || { echo 'check=frr.conf: vtysh is missing'; return 0; }
    vtysh -C -f "$1/frr.conf" >"$RUN/said" 2>&1 || said frr.conf
    grep -vE '^(!|#|$)' "$1/frr.conf" | flat_frr >"$RUN/flat.given"
    split_frr owned <"$1/frr.conf" | flat_frr >"$RUN/flat.owned"
    comm -23 "$RUN/flat.given" "$RUN/flat.owned" | sed 's/^/check=frr.conf: not a line of ours: /' | tr '\t' ' ' | tr -cd '[:print:]\n'
    show_frr | split_frr foreign | awk '/^interface / { port = $2 } /^exit/ { port = "" }
        port != "" && /^ (isis|ip ospf|ipv6 ospf6) bfd/ { print port }' | sort -u >"$RUN/bfd.foreign"
    sed -n 's/^interface //p' "$1/frr.conf" | sort -u | comm -12 - "$RUN/bfd.foreign" | sed 's/^/foreign=BFD on /'
}

verb_arm() { # TOKEN SECONDS
    need_root; only_one; catch_up
    { [ $# = 2 ] && is_word "$1"; } || fail 10 "arm TOKEN SECONDS"
    case $2 in '' | *[!0-9]* | ???????*) fail 10 "not a number of seconds" ;; esac
    need_lock "$1"
    deadline=$(($(now) + $2))
    if [ -d "$RUN/pending" ]; then
        [ "$(pending_token)" = "$1" ] || fail 12 "a restore of another transaction is pending"
        printf '%s\n' "$deadline" >"$RUN/pending/deadline.new" || fail 14 "no room in $RUN"
        mv "$RUN/pending/deadline.new" "$RUN/pending/deadline"
    else
        has_room || fail 14 "no room to save what runs in $RUN"
        rm -rf "$RUN/pending.new"; mkdir -p "$RUN/pending.new/saved"
        save_into "$RUN/pending.new/saved"
        printf '%s\n' "$1" >"$RUN/pending.new/token"
        printf '%s\n' "$deadline" >"$RUN/pending.new/deadline"
        cat "$0" >"$RUN/agent.sh.new" && mv "$RUN/agent.sh.new" "$RUN/agent.sh" || fail 14 "cannot keep the agent"
        mv "$RUN/pending.new" "$RUN/pending"
        setsid sh "$RUN/agent.sh" timer "$1" </dev/null >/dev/null 2>&1 9>&- &
        printf '%s\n' $! >"$RUN/pending/timer"
    fi
    has_timer_begun || fail 14 "the timer does not run"
    printf 'deadline=%s\nsaved=%s\n' "$deadline" "$(digest_read "$RUN/pending/saved/running")"
    finish
}

verb_timer() { # TOKEN: the detached process; outlives the connection and the controller
    trap '' HUP INT TERM
    tries=0
    while [ "$tries" -lt "$TRIES" ]; do
        if ! is_pending "$1"; then # it is over, unless a verb that is at work tries to go back and does not get there
            only_one
            is_pending "$1" || exit 0
            exec 9>&-
        fi
        if is_early; then sleep 1; continue; fi
        only_one
        [ "$(pending_token)" = "$1" ] && [ "$(now)" -ge "$(cat "$RUN/pending/deadline")" ] && go_back expired
        exec 9>&-
        tries=$((tries + 1))
        [ ! -d "$RUN/pending" ] || sleep "$PAUSE"
    done
    exit 0
}

verb_apply() { # TOKEN NAME
    need_root; only_one; catch_up
    { [ $# = 2 ] && is_word "$1" && is_word "$2"; } || fail 10 "apply TOKEN NAME"
    need_lock "$1"
    [ "$(pending_token)" = "$1" ] || fail 12 "not armed"
    [ -d "$RUN/stage/$2" ] || fail 10 "nothing is staged as $2"
    has_room || fail 14 "no room in $RUN"
    bring_up "$RUN/stage/$2" || fail 14 "the device refused a part of it"
    remember "$RUN/stage/$2"
    printf 'digest=%s\n' "$(applied_digest)"
    finish
}

verb_remove() { # TOKEN
    need_root
    { [ $# = 1 ] && is_word "$1"; } || fail 10 "remove TOKEN"
    rm -rf "$RUN/stage/nothing"; mkdir -p "$RUN/stage/nothing"
    verb_apply "$1" nothing
}

verb_confirm() { # TOKEN
    need_root; only_one; catch_up
    { [ $# = 1 ] && is_word "$1"; } || fail 10 "confirm TOKEN"
    [ "$(pending_token)" = "$1" ] || fail 12 "nothing is pending under $1"
    timer=$(cat "$RUN/pending/timer")
    rm -rf "$RUN/confirmed"
    mv "$RUN/pending" "$RUN/confirmed" || fail 12 "the timer was first"
    printf 'confirmed,%s\n' "$1" >"$RUN/last"
    rm -rf "$RUN/confirmed"
    kill -9 "$timer" 2>/dev/null
    finish
}

verb_restore() { # TOKEN
    need_root; only_one; catch_up
    { [ $# = 1 ] && is_word "$1"; } || fail 10 "restore TOKEN"
    [ "$(pending_token)" = "$1" ] || fail 12 "nothing is pending under $1"
    timer=$(cat "$RUN/pending/timer")
    go_back restored || fail 15 "the saved state was not reached"
    kill -9 "$timer" 2>/dev/null
    printf 'digest=%s\n' "$(running_digest)"
    finish
}

verb_persist() { # TOKEN
    need_root; only_one; catch_up
    { [ $# = 1 ] && is_word "$1"; } || fail 10 "persist TOKEN"
    need_lock "$1"
    [ ! -d "$RUN/pending" ] || fail 12 "a restore is pending: confirm first"
    [ -d "$RUN/applied" ] || fail 10 "nothing was applied"
    persist_frr || fail 14 "cannot write $FRR_CONF"
    if is_empty "$RUN/applied"; then
        remove_units; rm -rf "$ETC/config" "$ETC/config.new" "$ETC/boot" "$ETC/agent.sh"
        rmdir "$ETC" 2>/dev/null
        sync; echo persisted=none; finish
    fi
    mkdir -p "$ETC" && chmod 755 "$ETC" && rm -rf "$ETC/config.new" && mkdir "$ETC/config.new" || fail 14 "cannot write $ETC"
    for file in $ARTEFACTS config.json; do
        if [ -f "$RUN/applied/$file" ]; then cp "$RUN/applied/$file" "$ETC/config.new/" || fail 14 "cannot write $ETC"; fi
    done
    cat "$0" >"$ETC/agent.sh.new" && mv "$ETC/agent.sh.new" "$ETC/agent.sh" || fail 14 "cannot write $ETC"
    printf '#!/bin/sh\n# Brings up what intentc persisted: "boot guard" early, "boot" when FRR runs.\nexec sh %s/agent.sh boot "$@"\n' "$ETC" >"$ETC/boot.new"
    chmod 755 "$ETC/boot.new" && mv "$ETC/boot.new" "$ETC/boot"
    rm -rf "$ETC/config.old"; [ ! -d "$ETC/config" ] || mv "$ETC/config" "$ETC/config.old"
    mv "$ETC/config.new" "$ETC/config" || fail 14 "cannot write $ETC"
    rm -rf "$ETC/config.old"
    write_units
    sync
    printf 'persisted=%s\n' "$(digest_set "$ETC/config")"
    finish
}

is_empty() { for file in $ARTEFACTS; do [ ! -f "$1/$file" ] || return 1; done; }

persist_frr() { # our lines into the integrated configuration, everything else as it is
    [ -f "$FRR_CONF" ] || return 0
    grep -qs '^no service integrated-vtysh-config' /etc/frr/vtysh.conf && return 0
    cp -p "$FRR_CONF" "$FRR_CONF.intentc" || return 1
    {
        split_frr foreign <"$FRR_CONF" | sed '$ { /^end$/d; }'
        if [ -s "$RUN/applied/frr.conf" ]; then
            echo '! intentc begin'; grep -v '^!' "$RUN/applied/frr.conf"; echo '! intentc end'
        fi
        sed -n '$ { /^end$/p; }' "$FRR_CONF"
    } >"$RUN/frr.new"
    if cmp -s "$RUN/frr.new" "$FRR_CONF"; then rm -f "$FRR_CONF.intentc"; return 0; fi
    cat "$RUN/frr.new" >"$FRR_CONF.intentc" && mv "$FRR_CONF.intentc" "$FRR_CONF"
}

write_units() {
    [ -d /run/systemd/system ] && [ -d "$UNITS" ] || return 0
    cat >"$UNITS/intentc-guard.service" <<EOF
[Unit]
Description=intentc: fences and isolation, before the network is up
DefaultDependencies=no
After=local-fs.target
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$ETC/boot guard

[Install]
WantedBy=multi-user.target
EOF
    cat >"$UNITS/intentc.service" <<EOF
[Unit]
Description=intentc: classes, queues and paths
After=intentc-guard.service network.target frr.service
PartOf=frr.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$ETC/boot

[Install]
WantedBy=multi-user.target frr.service
EOF
    chmod 644 "$UNITS/intentc-guard.service" "$UNITS/intentc.service"
    systemctl daemon-reload >/dev/null 2>&1
    systemctl enable intentc-guard.service intentc.service >/dev/null 2>&1
    return 0
}

remove_units() {
    [ -f "$UNITS/intentc.service" ] || return 0
    systemctl disable intentc-guard.service intentc.service >/dev/null 2>&1
    rm -f "$UNITS/intentc-guard.service" "$UNITS/intentc.service"
    systemctl daemon-reload >/dev/null 2>&1
    return 0
}

verb_boot() { # [guard]
    need_root; only_one
    [ -d "$ETC/config" ] || finish
    : >"$RUN/said"; : >"$RUN/changes"
    read_into "$RUN/before"
    bring_nft guard.nft "$ETC/config" || fail 14 "the guard was refused"
    [ "${1-}" != guard ] || finish
    waited=0
    while ! is_ready && [ "$waited" -lt "$WAIT_AT_BOOT" ]; do sleep 1; waited=$((waited + 1)); done
    bring_up "$ETC/config" || fail 14 "the device refused a part of it"
    remember "$ETC/config"
    finish
}

is_ready() { # the ports are there, and FRR answers
    for port in $(wanted_ports "$ETC/config"); do ip link show dev "$port" >/dev/null 2>&1 || return 1; done
    [ ! -f "$ETC/config/frr.conf" ] || [ -n "$(show_frr)" ]
}

[ $# -ge 1 ] || fail 10 "agent.sh VERB ARGUMENT..."
verb=$1; shift
case $verb in
identify | facts | look | state | lock | unlock | read | given | neighbours | counters | stage | arm | apply | remove | confirm | restore | persist | boot | timer)
    "verb_$verb" "$@" ;;
break-lock) verb_unlock "$@" ;;
*) fail 10 "unknown verb" ;;
esac
