import { ChildProcess } from 'node:child_process'
import { Server, Socket } from 'node:net'

// Suites are calculations by their folder. Here they are held to it: the run without a network leaves them out.

function refuse(what: string): never {
  throw new Error(`A calculation ${what}. Its suite belongs in another folder, see .config/vitest.config.ts.`)
}

Server.prototype.listen = () => refuse('opens a server')
Socket.prototype.connect = () => refuse('opens a connection')
Object.assign(ChildProcess.prototype, { spawn: () => refuse('starts a program') })
// This runs before each file of a process, and one listener is enough.
process.removeAllListeners('worker')
process.on('worker', () => refuse('starts a thread'))
