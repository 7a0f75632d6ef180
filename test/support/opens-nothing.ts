import { ChildProcess } from 'node:child_process'
import { Server, Socket } from 'node:net'

// What counts as a calculation says so by its folder. Here it has to keep that: the run without a network leaves it out.
function refuse(what: string): never {
  throw new Error(`A calculation ${what}. Its suite belongs in another folder, see .config/vitest.config.ts.`)
}

Server.prototype.listen = () => refuse('opens a server')
Socket.prototype.connect = () => refuse('opens a connection')
Object.assign(ChildProcess.prototype, { spawn: () => refuse('starts a program') })
process.removeAllListeners('worker')
process.on('worker', () => refuse('starts a thread'))
