// npm run screenshots: takes the pictures of the README, docs/images, from the example
// dashboard in Chromium. Look at them before you commit them.

import { mkdir, writeFile } from 'node:fs/promises'
import { deflateSync, inflateSync } from 'node:zlib'
import { virtualAuthenticator } from 'countersign/testing'
import type { Page } from 'playwright-core'
import { ALEX, PASSWORD } from '../test/dashboard/accounts.ts'
import { launchChromium } from '../test/dashboard/chromium.ts'
import { startRig } from '../test/dashboard/rig.ts'

const folder = new URL('../docs/images/', import.meta.url)
const rig = await startRig()
const browser = await launchChromium()

try {
  await mkdir(folder, { recursive: true })
  const page = await browser.newPage({
    baseURL: rig.dashboard.url,
    viewport: { width: 1040, height: 900 },
    reducedMotion: 'reduce',
  })
  await signIn(page)
  await page.getByRole('button', { name: 'Set Up Two-Factor Authentication', exact: true }).click()
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('dialog').getByRole('button', { name: 'Continue', exact: true }).click()
  await page.locator('.qr').waitFor()
  await shoot(page, 'setup')
  const secret = (await page.locator('.secret').textContent())?.replaceAll(' ', '').trim()
  const phone = virtualAuthenticator(`otpauth://totp/phone?secret=${secret}`, { now: rig.clock.now })
  await page.getByLabel('Enter the code from the app', { exact: true }).fill(phone.code())
  await page.getByLabel('I’ve saved the data', { exact: true }).check()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await page.getByText(/of \W?10\W? left$/).waitFor()
  await shoot(page, 'settings')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await signIn(page)
  await page.getByLabel('Code from the app', { exact: true }).waitFor()
  await shoot(page, 'sign-in')
} finally {
  await browser.close()
  await rig.end()
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/')
  await page.getByLabel('Login', { exact: true }).fill(ALEX)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign In', exact: true }).click()
}

/** Once light and once dark. */
async function shoot(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(() => scrollTo(0, 0))
    const picture = smaller(await page.screenshot({ type: 'png' }))
    await writeFile(new URL(`${name}-${colorScheme}.png`, folder), picture)
    console.log(`${name}-${colorScheme}.png, ${Math.ceil(picture.length / 1024)} KiB`)
  }
}

/** The same PNG with its data compressed as far as zlib can, and without what describes nothing of the picture. */
function smaller(png: Buffer): Buffer {
  const data: Buffer[] = []
  const before: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const chunk = png.subarray(at, at + length + 12)
    if (type === 'IDAT') data.push(chunk.subarray(8, -4))
    else if (type === 'IHDR') before.push(chunk)
    at += length + 12
  }
  const packed = deflateSync(inflateSync(Buffer.concat(data)), { level: 9, memLevel: 9 })
  return Buffer.concat([png.subarray(0, 8), ...before, chunkOf('IDAT', packed), chunkOf('IEND', Buffer.alloc(0))])
}

function chunkOf(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

function crc32(bytes: Buffer): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}
