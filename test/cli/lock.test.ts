/** Processes that want the same lock at once, after its holder was killed. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lock } from '../../src/cli/lock.ts'

const PROCESSES = 4
const ROUNDS = Number(process.env['COUNTERSIGN_RACE_ROUNDS'] ?? 5) * 20

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-lock-'))
  path = join(folder, 'rows.imported.lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The process id of one that has ended. */
const deadPid = spawnSync(process.execPath, ['--version']).pid
const holder = (over: object = {}) =>
  JSON.stringify({ id: '0123456789abcdef', pid: deadPid, host: hostname(), ...over })

function startProcess(): ChildProcess {
  const file = new URL('lock-process.ts', import.meta.url)
  return fork(file, [path], { execArgv: ['--import', 'tsx'] })
}

async function answerOf(child: ChildProcess): Promise<string> {
  const [answer] = await once(child, 'message')
  return String(answer)
}

function askAll(children: readonly ChildProcess[], message: string): Promise<string[]> {
  const answers = Promise.all(children.map(answerOf))
  for (const child of children) child.send(message)
  return answers
}

describe('the lock of a list', () => {
  test('of processes that find the lock of a dead one at once, exactly one takes it, round after round', {
    timeout: 120_000,
  }, async () => {
    const children = Array.from({ length: PROCESSES }, startProcess)
    try {
      await Promise.all(children.map(answerOf))
      for (let round = 0; round < ROUNDS; round += 1) {
        const id = round.toString(16).padStart(16, '0')
        writeFileSync(path, holder({ id }))
        const answers = await askAll(children, 'take')
        expect(answers.filter((answer) => answer === 'took')).toEqual(['took'])
        for (const answer of answers.filter((one) => one !== 'took')) {
          expect(answer).toContain('Wait until it ends. If there is no such import, delete')
        }
        await askAll(children, 'free')
        expect(readdirSync(folder)).toEqual([])
      }
    } finally {
      for (const child of children) child.kill()
    }
  })

  test('a process that was killed while it replaced a dead one is in nobody’s way', () => {
    writeFileSync(path, holder())
    writeFileSync(`${path}.0123456789abcdef`, holder({ id: 'fedcba9876543210' }))
    const unlock = lock(path)
    expect(readdirSync(folder)).toEqual(['rows.imported.lock'])
    unlock()
    expect(readdirSync(folder)).toEqual([])
  })

  test('a holder on another machine, and a file that cannot be read, are left alone', () => {
    writeFileSync(path, holder({ host: 'other-machine' }))
    expect(() => lock(path)).toThrow(`process ${deadPid} on other-machine`)
    writeFileSync(path, '')
    expect(() => lock(path)).toThrow(`delete ${path}`)
  })

  test('what another process holds by now is not taken from it at the end', () => {
    const unlock = lock(path)
    writeFileSync(path, holder({ id: 'fedcba9876543210' }))
    unlock()
    expect(readdirSync(folder)).toEqual(['rows.imported.lock'])
  })
})
