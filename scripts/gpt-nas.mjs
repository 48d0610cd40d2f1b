#!/usr/bin/env node
// npm run -s gpt-nas -- ARGUMENTS: the command line in a checkout. What set-up has to say goes to standard error.
import { becomeCli, prepare } from './setup/prepare.mjs'

await prepare()
becomeCli(process.argv.slice(2))
