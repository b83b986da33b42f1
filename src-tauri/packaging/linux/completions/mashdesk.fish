# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_mashdesk_global_optspecs
    string join \n website= h/help V/version
end

function __fish_mashdesk_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mashdesk_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_mashdesk_using_subcommand
    set -l cmd (__fish_mashdesk_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c mashdesk -n "__fish_mashdesk_needs_command" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_needs_command" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -s V -l version -d 'Print version'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "open" -d 'Opens mashups by their ids in the catalog'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "sign-in" -d 'Signs in with a token, which it reads as one line of standard input'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "sign-out" -d 'Forgets the sign-in, here and where it came from'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "doctor" -d 'Says which wire is cut, and who can mend it'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "bundle" -d 'Gathers what support needs to see, without secrets'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "policy" -d 'Says what IT has settled, and where'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "conformance" -d 'Checks a website against the contract, and opens no window'
complete -c mashdesk -n "__fish_mashdesk_needs_command" -a "self-test" -d 'Checks that windows are kept apart on this computer'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand open" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand open" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand sign-in" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand sign-in" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand sign-out" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand sign-out" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand doctor" -l token-file -d 'A file with a person\'s token; `-` reads it from standard input. Otherwise whoever is signed in' -r -F
complete -c mashdesk -n "__fish_mashdesk_using_subcommand doctor" -l mashup -d 'The mashup to try; by default the first of the catalog' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand doctor" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand doctor" -l json -d 'One JSON object a line: each check, then the sum'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand bundle" -l token-file -d 'A file with a person\'s token, for the doctor; `-` reads it from standard input. Otherwise whoever is signed in' -r -F
complete -c mashdesk -n "__fish_mashdesk_using_subcommand bundle" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand bundle" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand policy" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand policy" -l json -d 'One JSON object a line, a value each'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand policy" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l token-file -d 'A file with a person\'s token; `-` reads it from standard input' -r -F
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l token -d 'The token itself. Other users of this computer can read it in the list of processes; prefer `--token-file`' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l other-token-file -d 'A file with another person\'s token, who must not end the first one\'s sessions' -r -F
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l mashup -d 'The mashup to open; by default the first of the catalog' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l denied-mashup -d 'A mashup that the person may not open' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l withdraw-command -d 'A program that takes the permission for the opened mashup from the person; it gets the mashup\'s id' -r -F
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l quick -d 'Do not wait up to half a minute for a sign of life of the event stream'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -l json -d 'One JSON object a line: each check, then the sum'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand conformance" -s h -l help -d 'Print help'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand self-test" -l website -d 'The company\'s website, for this run' -r
complete -c mashdesk -n "__fish_mashdesk_using_subcommand self-test" -l json -d 'One JSON object a line: each check, then the sum'
complete -c mashdesk -n "__fish_mashdesk_using_subcommand self-test" -s h -l help -d 'Print help'
