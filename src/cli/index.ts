// gpt-nas: the command line. One file per command (commands/registry.ts); this one only runs the one that is asked for.
import { Command, CommanderError } from 'commander'
import { commandName, typed } from '@node/command-line'
import { faultText, surviveUnhandledRejections } from '@node/unhandled'
import { applicationVersion } from './application'
import { commandsFor } from './commands/registry'
import { EXIT } from './output'
import { plainText } from './plain-text'
import { untilSettled } from './settle'

const program = new Command(commandName())
  .description('Searches neural architectures with a GPT proposer and a genetic algorithm, on this machine.')
  .version(applicationVersion(), '-V, --version', 'print the version')
  .showHelpAfterError(`Run "${typed('--help')}" for the commands.`)
  .exitOverride()

// Whoever reads our output may have seen enough (`gpt-nas search list | head`): no reason for a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

// It may have nothing to do with the search that runs; whoever reads the exit code hears of it all the same.
surviveUnhandledRejections((thrown) => {
  process.stderr.write(`This is a fault of the program, please report it: ${plainText(faultText(thrown))}\n`)
  process.once('exit', () => (process.exitCode ||= EXIT.failed))
})

async function run(): Promise<void> {
  for (const define of await commandsFor(process.argv.slice(2))) define(program)
  await program.parseAsync(process.argv)
}

untilSettled(run()).catch((thrown: unknown) => {
  // Commander has printed the help or the reason already; anything else is a bug of ours and must be seen.
  if (!(thrown instanceof CommanderError)) throw thrown
  process.exitCode = thrown.exitCode === 0 ? EXIT.ok : EXIT.usage
})
