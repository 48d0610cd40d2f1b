#!/usr/bin/env node
// npm run -s gpt-nas -- ARGUMENTS: the command line in a checkout, or `gpt-nas` where the package's bin is linked. What set-up has to
// say goes to standard error.
import path from 'node:path'
import { CHECKOUT_COMMAND, becomeCli, prepare } from './setup/prepare.mjs'

await prepare()
// As it was typed, so that advice names a command that works here (src/node/command-line.ts).
process.env.GPTNAS_COMMAND ??= path.basename(process.argv[1]) === 'gpt-nas' ? 'gpt-nas' : CHECKOUT_COMMAND
becomeCli(process.argv.slice(2))
