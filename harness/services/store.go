package services

// Store is everything a server keeps: KV namespaces and the storage of Durable
// Object classes, by name. Namespaces and classes come into being when they are
// first written to.
//
// Asking twice for one name gives the same data. Implementations are safe for
// use by several goroutines.
type Store interface {
	// KV opens the namespace with this id.
	KV(namespace string) KV
	// Objects opens the storage of the objects of this class.
	Objects(class string) Objects
	// Close waits for writes under way, makes them durable and lets go of the
	// data. Calls made after it fail with ErrClosed.
	Close() error
}
