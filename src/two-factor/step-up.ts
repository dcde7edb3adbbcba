import { assuranceOf } from '../engine/assurance.ts'
import { hashBinding } from '../engine/challenge-token.ts'
import { CHALLENGE_MS } from '../engine/challenges.ts'
import type { Core } from '../engine/core.ts'
import { issueDevice } from '../engine/devices.ts'
import { transactWithCode } from '../engine/imported-codes.ts'
import { digitsShown, methodsFor } from '../engine/methods.ts'
import { requestOptions } from '../engine/passkey-options.ts'
import { isPasskey } from '../engine/passkey-response.ts'
import { isEnabled, type UserRecord } from '../engine/record.ts'
import { refusal, refusedBy } from '../engine/refusal.ts'
import { stepContext, takeSecondStep } from '../engine/second-step.ts'
import { assertionOf, checkStepUp, sealStepUp, withUsedStepUp } from '../engine/step-up-token.ts'
import { loadRecord } from '../engine/transact.ts'
import { visitorOf } from '../engine/visitor.ts'
import { optionsArgument } from '../options/groups.ts'
import { subjectOf, userIdArgument } from './arguments.ts'
import { bindingArgument } from './challenge-arguments.ts'
import type { BeginStepUpOptions, VerifyOptions } from './options.ts'
import type { BeginStepUpResult, VerifyResult } from './outcomes.ts'

export async function beginStepUp(core: Core, user: string, options?: BeginStepUpOptions): Promise<BeginStepUpResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const binding = hashBinding(bindingArgument(given.binding))
  const record = await loadRecord(core.store, userId)
  if (!isEnabled(record)) return refusal('not-enabled')
  const nowMs = core.now()
  const { vault, trustDeviceDays } = core
  const visitor = visitorOf(record, { userId, device: given.device, nowMs, vault, trustDeviceDays })
  const token = sealStepUp(vault, userId, { epoch: record.challenges.epoch, issuedAtMs: nowMs, binding })
  return {
    ok: true,
    token,
    expiresAtMs: nowMs + CHALLENGE_MS,
    methods: methodsFor(core, record, visitor, nowMs),
    totpDigits: digitsShown(core, record),
    passkey: requestOptions(core, record, token),
  }
}

export async function verify(core: Core, user: string, options: VerifyOptions): Promise<VerifyResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const { code, passkey, token, binding, device } = given
  const notEnabled = (record: UserRecord | null) => (isEnabled(record) ? null : refusal('not-enabled'))
  const checked = isPasskey(passkey) ? await checkStepUp(core, userId, { passkey, token, binding }, notEnabled) : null
  if (checked !== null && 'reason' in checked) return checked
  return transactWithCode<VerifyResult>(core, subjectOf(userId, given), (record, nowMs, imported) => {
    if (!isEnabled(record)) return { result: refusal('not-enabled') }
    const step = { userId, code, passkey: checked && assertionOf(record, checked), device }
    const taken = takeSecondStep(record, step, stepContext(core, nowMs, imported))
    if (!taken.ok) return refusedBy(taken)
    const { method, recoveryCodesLeft, trusted } = taken
    const issued = issueDevice(
      taken.record,
      { userId, method, trusted, trust: false, name: undefined, presented: device, nowMs },
      core,
    )
    return {
      result: { ok: true, method, recoveryCodesLeft, device: issued.device, assurance: assuranceOf([], taken, nowMs) },
      record: checked === null ? issued.record : withUsedStepUp(core, issued.record, checked, nowMs),
      events: [...taken.events, { type: 'step-up.completed', method }],
    }
  })
}
