package gojs

// hostFunctions are the imports of a Go program under "gojs". Each gets the
// stack pointer of the calling goroutine; arguments start at sp+8, results
// follow them.
var hostFunctions = map[string]func(p *Program, sp uint32){
	"runtime.wasmExit":             (*Program).wasmExit,
	"runtime.wasmWrite":            (*Program).wasmWrite,
	"runtime.resetMemoryDataView":  (*Program).resetMemoryDataView,
	"runtime.nanotime1":            (*Program).nanotime1,
	"runtime.walltime":             (*Program).walltime,
	"runtime.scheduleTimeoutEvent": (*Program).scheduleTimeoutEvent,
	"runtime.clearTimeoutEvent":    (*Program).clearTimeoutEvent,
	"runtime.getRandomData":        (*Program).getRandomData,

	"syscall/js.finalizeRef":        (*Program).finalizeRef,
	"syscall/js.stringVal":          (*Program).stringVal,
	"syscall/js.valueGet":           (*Program).valueGet,
	"syscall/js.valueSet":           (*Program).valueSet,
	"syscall/js.valueDelete":        (*Program).valueDelete,
	"syscall/js.valueIndex":         (*Program).valueIndex,
	"syscall/js.valueSetIndex":      (*Program).valueSetIndex,
	"syscall/js.valueCall":          (*Program).valueCall,
	"syscall/js.valueInvoke":        (*Program).valueInvoke,
	"syscall/js.valueNew":           (*Program).valueNew,
	"syscall/js.valueLength":        (*Program).valueLength,
	"syscall/js.valuePrepareString": (*Program).valuePrepareString,
	"syscall/js.valueLoadString":    (*Program).valueLoadString,
	"syscall/js.valueInstanceOf":    (*Program).valueInstanceOf,
	"syscall/js.copyBytesToGo":      (*Program).copyBytesToGo,
	"syscall/js.copyBytesToJS":      (*Program).copyBytesToJS,
}

// Implements reports whether a function of the import module "gojs" is
// implemented.
func Implements(name string) bool { return hostFunctions[name] != nil }
