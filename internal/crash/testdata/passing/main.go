// Command passing comes past one crash point three times and past another once, and tells each time that it lived.
package main

import (
	"fmt"
	"os"

	"pvetl/internal/crash"
)

func main() {
	for _, point := range []crash.Point{crash.BulkSent, crash.RunFinished, crash.BulkSent, crash.BulkSent} {
		crash.At(point)
		fmt.Fprintln(os.Stdout, point)
	}
	fmt.Fprintln(os.Stdout, crash.SettleDelay())
}
