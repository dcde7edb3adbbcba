import { type Proof, reauthenticated } from '../engine/proof.ts'
import { refusal } from '../engine/refusal.ts'
import type { ProofBody } from './api.ts'
import { signInTime } from './host-hooks.ts'
import type { Person } from './options.ts'
import type { Call, Outcome } from './route.ts'

/** What every operation of the engine is passed about its caller. */
export interface Caller {
  device: readonly string[]
  /** What a person would call this browser. */
  deviceName: string
  context: unknown
}

export function caller({ request, settings }: Call<Person>): Caller {
  return {
    device: settings.cookies.devices(request),
    deviceName: settings.deviceName(request),
    context: settings.context(request),
  }
}

/** A sensitive operation with the person's proof, or else the time of their sign-in, if the host knows it. */
export function withProof<Body extends { proof?: ProofBody | undefined }, Answer>(
  run: (call: Call<Person>, options: Caller & { proof: Proof }, body: Body) => Promise<Outcome<Answer>>,
): (call: Call<Person>, body: Body) => Promise<Outcome<Answer>> {
  return async (call, body) => {
    const { signedInAtMs } = call.person
    if (body.proof !== undefined) return run(call, { ...caller(call), proof: body.proof }, body)
    if (signedInAtMs === undefined) return refusal('proof-required')
    return run(call, { ...caller(call), proof: reauthenticated(signInTime(signedInAtMs)) }, body)
  }
}
