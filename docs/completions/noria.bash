# shellcheck shell=bash
# Completion of noria(1) for bash: source this file, or put it into
# /usr/share/bash-completion/completions as "noria". tests/client-cli/test_manual.c holds it
# against the command table; nouns and verbs are asked of the program itself.

_noria_words() {
    case $1 in
        login) echo --url --days ;;
        logout | whoami) echo --url ;;
        api) echo GET POST PUT DELETE --file --out --key --if-match --accept --url ;;
        verify | verify-act)
            echo --root --trust --status --at --skew --max-status-age --expect-passport --signature \
                --state --lang --quiet
            ;;
        trust)
            echo show import update export --root --trust --status --state --sha256 --new-root --url
            ;;
        keys)
            echo init rotate retire compromise renew log show export --dir --root-dir --root --issuer \
                --from --key-days --trust-days --overlap-days --purpose --to --passphrase-file --passphrase-fd \
                --root-passphrase-file
            ;;
        audit) echo export verify pin --pin --key --root --url ;;
        check) echo --database ;;
        mrz) ;;
        linkage) echo --fit --groups --sample --seed --data --names ;;
        matching) echo replay run list show cancel export why simulate calculation forget --out --url ;;
        session)
            echo pack packed check mark import list show results present absent void --out --document \
                --photo --reason --passphrase-file --passphrase-fd --state --url
            ;;
        sample) echo candidates contracts --from --to --service --seed --data ;;
        demo) echo --data --out --url ;;
        help) _noria_commands "$2" ;;
        *) # a noun
            "$2" help "$1" 2>/dev/null | awk '$1 == "noria" { print $3 }'
            echo --file --out --key --if-match --accept --url
            ;;
    esac
    echo --json --help --version
}

_noria_commands() {
    echo login logout whoami api verify verify-act trust keys audit check mrz linkage session sample demo help
    "$1" help 2>/dev/null |
        awk '/^On records/ { on = 1; next } /^$/ { on = 0 } on && $1 != "session" { print $1 }' | sort -u
}

_noria() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' i
    local -a words options=() verbs=()
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} != -* ]]; then
            command=${COMP_WORDS[i]}
            break
        fi
    done
    case $before in
        --lang) mapfile -t COMPREPLY < <(compgen -W 'fr en ar' -- "$word"); return ;;
        --purpose) mapfile -t COMPREPLY < <(compgen -W 'documents status log' -- "$word"); return ;;
        --service) mapfile -t COMPREPLY < <(compgen -W '1 2 3' -- "$word"); return ;;
        --dir | --root-dir | --state | --data | --to)
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
            return
            ;;
        --root | --trust | --status | --signature | --file | --out | --groups | --names | --passphrase-file | --root-passphrase-file)
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            return
            ;;
        --url | --days | --at | --skew | --max-status-age | --expect-passport | --sha256 | --issuer | \
            --from | --key-days | --trust-days | --passphrase-fd | --seed | --sample | --key | --if-match | --accept)
            return
            ;;
    esac
    if [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_noria_commands "${COMP_WORDS[0]}") --json --help" -- "$word")
        return
    fi
    read -ra words < <(_noria_words "$command" "${COMP_WORDS[0]}" | tr '\n' ' ')
    for i in "${words[@]}"; do
        [[ $i == -* ]] && options+=("$i") || verbs+=("$i")
    done
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$word")
    elif [[ $before == "$command" && ${#verbs[@]} -gt 0 ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${verbs[*]}" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}

complete -o filenames -F _noria noria
