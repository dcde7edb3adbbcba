import { Socket } from 'node:net'

const sockets = new Set()
let roundTrips = 0

/** From now on, counts what this process sends to servers. */
export function watchWire() {
  const { connect, write } = Socket.prototype
  Socket.prototype.connect = function (...args) {
    sockets.add(this)
    return connect.apply(this, args)
  }
  Socket.prototype.write = function (...args) {
    // Something came since it was last written to: a new round trip begins.
    if (sockets.has(this) && this.bytesRead !== this.readAtLastWrite) {
      roundTrips += 1
      this.readAtLastWrite = this.bytesRead
    }
    return write.apply(this, args)
  }
}

/** Round trips, and bytes there and back, of each run of `work`, one after the other. */
export async function onWire(work, runs) {
  const before = total()
  for (let run = 0; run < runs; run++) await work()
  const after = total()
  return {
    roundTrips: (after.roundTrips - before.roundTrips) / runs,
    sent: (after.sent - before.sent) / runs,
    received: (after.received - before.received) / runs,
  }
}

function total() {
  const sum = (key) => [...sockets].reduce((total, socket) => total + socket[key], 0)
  return { roundTrips, sent: sum('bytesWritten'), received: sum('bytesRead') }
}
