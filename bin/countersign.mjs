#!/usr/bin/env node
import { runCli } from '../dist/cli/index.js'

const { stdout, stderr, exitCode } = runCli(process.argv.slice(2))
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = exitCode
