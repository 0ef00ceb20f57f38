import type { Command } from 'commander'
import { write } from './terminal.ts'

/** What can follow a command line: groups, verbs and options, as the commands themselves declare them. */
function words(program: Command): { [line: string]: string[] } {
  const found: { [line: string]: string[] } = {}
  const visit = (command: Command, line: string) => {
    const inner = command.commands.map((one) => one.name())
    const options = [...program.options, ...command.options].flatMap(({ long }) => long ?? [])
    found[line] = [...inner, ...new Set(options), '--help']
    for (const one of command.commands) visit(one, `${line} ${one.name()}`.trim())
  }
  visit(program, '')
  return found
}

/** Options that are followed by a word of their own, which is no command. */
function valued(program: Command): string[] {
  const found = new Set<string>()
  const visit = (command: Command) => {
    for (const { long, short, required, optional } of command.options)
      if (required || optional) for (const flag of [long, short]) if (flag) found.add(flag)
    command.commands.forEach(visit)
  }
  visit(program)
  return [...found]
}

function bash(program: Command): string {
  const cases = Object.entries(words(program)).map(
    ([line, next]) => `    "${line}") next="${next.join(' ')}" ;;`,
  )
  return `_rekey() {
  local word line="" next="" value="" current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n "$value" ]]; then value=""; continue; fi
    case "$word" in
    ${valued(program).join('|')}) value=yes ;;
    -*) ;;
    *) line="\${line:+$line }$word" ;;
    esac
  done
  [[ -n "$value" ]] || case "$line" in
${cases.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$next" -- "$current")
}
complete -o default -F _rekey rekey
`
}

const zsh = (program: Command): string =>
  `autoload -U +X bashcompinit && bashcompinit\n${bash(program).replace('mapfile -t COMPREPLY < <(compgen -W "$next" -- "$current")', 'COMPREPLY=($(compgen -W "$next" -- "$current"))')}`

function fish(program: Command): string {
  const lines = Object.entries(words(program)).map(([line, next]) => {
    const at = line === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${line.split(' ').at(-1)}`
    return `complete -c rekey -n '${at}' -a '${next.join(' ')}'`
  })
  return `${lines.join('\n')}\n`
}

const shells: { [shell: string]: (program: Command) => string } = { bash, zsh, fish }

export function completionCommand(program: Command): void {
  program
    .command('completion')
    .description('print what makes a shell complete commands: source <(rekey completion bash)')
    .addArgument(program.createArgument('<shell>', 'bash, zsh or fish').choices(Object.keys(shells)))
    .action((shell: string) => write(shells[shell]!(program)))
}
