// Child of a test: a process that runs a program of the user's with children of its own, until it is killed.
import { runProgram } from '../evaluators/command/program'

const [, , folder = ''] = process.argv

void runProgram({
  program: '/bin/sh',
  // One of them leaves the group.
  arguments: ['-c', 'sleep 600 & setsid sleep 600 & echo started; sleep 600'],
  folder,
  environment: { GPTNAS_FOLDER: folder },
  input: '',
  timeLimit: 600,
  signal: new AbortController().signal,
  shouldHold: () => false,
  onOutput: () => process.send?.('started'),
})
