package simulate

import (
	"context"
	"io/fs"

	"tracedge/harness/isolate"
)

// Lab holds what all worlds share: the worker, compiled once.
type Lab struct{ program *isolate.Program }

// NewLab loads the worker from the files of the repository. A module that is
// given takes the place of build/tracedge.wasm.
func NewLab(ctx context.Context, files fs.FS, module []byte) (*Lab, error) {
	source := isolate.Source{FS: files, Entry: "worker/worker.mjs"}
	if module != nil {
		source.Wasm = map[string][]byte{"build/tracedge.wasm": module}
	}
	p, err := isolate.Load(ctx, source)
	if err != nil {
		return nil, err
	}
	return &Lab{p}, nil
}

// Close frees the compiled code.
func (l *Lab) Close(ctx context.Context) { l.program.Close(ctx) }
