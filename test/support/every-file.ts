import { checkLeaks } from './leaks.js'

// Files share a process: what one of them leaves open would be held against the next.
checkLeaks()
