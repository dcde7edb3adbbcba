#!/usr/bin/env node
import { runProcess } from '../dist/cli/index.js'

await runProcess()
