// gpt-nas: the command line. One file per command; this one only puts them together.
import { Command, CommanderError } from 'commander'
import { faultText, surviveUnhandledRejections } from '@node/unhandled'
import { benchCommand } from './commands/bench'
import { checkCommand } from './commands/check'
import { costCommand } from './commands/cost'
import { datasetCommand } from './commands/dataset'
import { devicesCommand } from './commands/devices'
import { diffCommand } from './commands/diff'
import { doctorCommand } from './commands/doctor'
import { exportCommand } from './commands/export'
import { proposerCommand } from './commands/proposer'
import { searchCommand } from './commands/search'
import { spaceCommand } from './commands/space'
import { trainCommand } from './commands/train'
import { workspaceCommand } from './commands/workspace'
import { zooCommand } from './commands/zoo'
import { EXIT } from './output'
import { untilSettled } from './settle'

const program = new Command('gpt-nas')
  .description('Searches neural architectures with a GPT proposer and a genetic algorithm, on this machine.')
  .showHelpAfterError('Run "gpt-nas --help" for the commands.')
  .exitOverride()

doctorCommand(program)
devicesCommand(program)
datasetCommand(program)
spaceCommand(program)
zooCommand(program)
checkCommand(program)
costCommand(program)
diffCommand(program)
trainCommand(program)
searchCommand(program)
exportCommand(program)
proposerCommand(program)
benchCommand(program)
workspaceCommand(program)

// Whoever reads our output may have seen enough (`gpt-nas search list | head`): no reason for a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

// It may have nothing to do with the search that runs; whoever reads the exit code hears of it all the same.
surviveUnhandledRejections((thrown) => {
  process.stderr.write(`This is a fault of the program, please report it: ${faultText(thrown)}\n`)
  process.once('exit', () => (process.exitCode ||= EXIT.failed))
})

untilSettled(program.parseAsync(process.argv)).catch((thrown: unknown) => {
  // Commander has printed the help or the reason already; anything else is a bug of ours and must be seen.
  if (!(thrown instanceof CommanderError)) throw thrown
  process.exitCode = thrown.exitCode === 0 ? EXIT.ok : EXIT.usage
})
