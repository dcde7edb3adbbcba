import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestClock, testClock } from 'countersign/testing'
import { type Dashboard, serveDashboard } from './serve.ts'

export interface Rig {
  clock: TestClock
  dashboard: Dashboard
  /** Stops it and takes its data away. */
  end(): Promise<void>
}

/** A dashboard with empty data and a clock that stands still. */
export async function startRig(publicOrigin?: string): Promise<Rig> {
  const clock = testClock(Date.now())
  const folder = await mkdtemp(join(tmpdir(), 'dashboard-'))
  const dashboard = await serveDashboard(folder, { now: clock.now, publicOrigin })
  return {
    clock,
    dashboard,
    async end() {
      await dashboard.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
