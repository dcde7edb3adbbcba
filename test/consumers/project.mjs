import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const STEP_MS = 900_000
const SHOWN_CHARACTERS = 3000

/** A folder of its own for one consumer, outside of the repository. It is removed when `work` is done. */
export async function inProject({ manifest = {}, files = {} }, work) {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-consumer-'))
  try {
    const project = { folder, run: (command, args, options) => run(command, args, { cwd: folder, ...options }) }
    await writeFiles(folder, {
      'package.json': JSON.stringify({ private: true, name: 'consumer', ...manifest }),
      ...files,
    })
    return await work(project)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

export async function writeFiles(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** Installs what package.json names. Install scripts run only if a scenario asks: some download what may not be there. */
export async function npmInstall({ run }, { scripts = false, flags = [] } = {}) {
  const common = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  await run('npm', ['install', ...common, ...(scripts ? [] : ['--ignore-scripts']), ...flags])
}

/** What the command printed. Rejects with all that it printed unless it ends with 0 in time. */
export function run(command, args, { cwd, env = {}, input = '' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env } })
    const timer = setTimeout(() => child.kill('SIGKILL'), STEP_MS)
    let stdout = ''
    let output = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) resolve(stdout)
      else
        reject(
          new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}:\n${output.slice(-SHOWN_CHARACTERS)}`),
        )
    })
  })
}

export function expectOutput(output, wanted) {
  if (!output.includes(wanted)) throw new Error(`Expected “${wanted}”, got:\n${output.slice(-SHOWN_CHARACTERS)}`)
}
