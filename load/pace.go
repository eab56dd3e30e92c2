package load

import (
	"math"
	"slices"
	"sync"
	"time"
)

const (
	remembered = 100 // jobs
	telling    = 50  // of them, that the guess is made of
	portion    = 0.97
	margin     = 1.1

	// Where jobs do not tell how long they took, the guess falls a little with each round of jobs that were over in time,
	// and rises with one that was not, which is then a few in a hundred. It falls fast until that happens for the first time.
	rise     = 1.25
	fall     = 0.99
	fallFast = 0.9

	late = 1.5 // times the guess: too long to be chance, if it happens twice in a row

	shortestWait = 15 * time.Millisecond // before a poll
	longestWait  = time.Minute           // between two polls of a job
	longestFirst = 10 * time.Minute      // before the first
	longestScout = 2 * time.Minute       // that a job is not asked because another is not over
	stuckAfter   = 30 * time.Minute
)

// Pace knows how long jobs have been taking, so that one poll is about enough for the next one, and bounds how many are
// open at a time. What one job shows is known to all that wait.
type Pace struct {
	mu      sync.Mutex
	changed chan struct{} // closed when something was learnt

	recent []time.Duration // how long the latest jobs took, the newest last
	told   []time.Duration // the same of those that tell, and of earlier runs
	guess  time.Duration   // within which the next one is over, most likely; 0 while nothing is known
	fall   float64         // what becomes of the guess
	fell   time.Time       // when it last did
	scout  *wait           // the job that is asked first while nothing is known
	late   []time.Duration // those in a row that took far longer

	// Since a job was over in time:
	round   int
	missed  int           // those that were not over at the first look
	notOver time.Duration // how long the oldest of them has been at work

	open, most, allowed int
	sinceHalved         int
}

// NewPace begins with the durations of earlier jobs, the newest first. At most so many jobs are to be open at a time.
func NewPace(seconds []float64, most int) *Pace {
	p := &Pace{changed: make(chan struct{}), most: max(1, most), allowed: max(1, most), fall: fall}
	for _, s := range slices.Backward(seconds) {
		p.recent = append(p.recent, time.Duration(s*float64(time.Second)))
	}
	p.recent = tail(p.recent, remembered)
	p.told = slices.Clone(tail(p.recent, telling))
	p.guess = p.byTold()
	return p
}

// byTold is the time within which nearly all of the latest jobs were over, and some more: 0 where none is known.
func (p *Pace) byTold() time.Duration {
	if len(p.told) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(p.told))
	nearly := int(math.Ceil(float64(len(sorted))*portion)) - 1
	return time.Duration(float64(sorted[nearly]) * margin)
}

// nextLook is how long after its beginning a job is asked, and what is closed when that changes. While nothing is known,
// one job is asked at doubling times and the others wait for what it shows; when several in a row take longer than they
// should, the oldest is that one.
func (p *Pace) nextLook(job *wait) (time.Duration, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.guess == 0 && p.scout == nil {
		p.scout = job
	}
	var others time.Duration
	switch {
	case p.guess == 0 && p.scout != job && p.notOver == 0:
		others = longestScout
	case p.guess == 0 && p.scout != job, p.missed > 1:
		others = min(2*p.notOver, longestScout)
	}
	if job.looks == 0 {
		return min(max(p.guess, others, shortestWait), longestFirst), p.changed
	}
	next := 2 * job.notOver
	if job.looks == 1 && p.guess > 0 {
		next = job.notOver * 3 / 2
	}
	next = min(max(next, p.guess, others), job.notOver+longestWait)
	return min(next, max(stuckAfter, job.notOver)), p.changed
}

// miss takes in that a job was not over at a look.
func (p *Pace) miss(job *wait, notOver time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if job.looks == 0 {
		job.round = p.round
		p.missed++
		if float64(notOver) > fall*float64(p.guess) {
			p.guess, p.fall = time.Duration(rise*float64(p.guess)), fall
		}
	}
	job.looks++
	job.notOver = notOver
	if job.round == p.round {
		p.notOver = max(p.notOver, notOver)
	}
	p.tell()
}

// over takes in that a job is over, and how long it says that it took, if it does. It returns how long it took, as far as
// that shows.
func (p *Pace) over(job *wait, told, waited time.Duration) (took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	took, exact := duration(told, job.notOver, waited)
	p.recent = tail(append(p.recent, took), remembered)
	if exact {
		p.told = tail(append(p.told, took), telling)
	}
	p.learn(job, took, exact, waited)
	p.press()
	p.tell()
	return took
}

// leave has another job be asked first where this one was.
func (p *Pace) leave(job *wait) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.scout == job {
		p.scout = nil
		p.tell()
	}
}

// learn makes the next guess.
func (p *Pace) learn(job *wait, took time.Duration, exact bool, waited time.Duration) {
	known := p.guess > 0
	slower := known && float64(took) > late*float64(p.guess) && (job.looks > 0 || p.missed > 1)
	if slower {
		p.late = append(p.late, took)
	}
	switch {
	case len(p.late) > 1: // jobs have become slower
		p.told = p.late
		p.guess, p.fall = p.byTold(), fallFast
	case exact:
		p.guess = p.byTold()
	case !known:
		p.guess, p.fall = waited, fallFast
	case job.looks == 0 && job.began.After(p.fell) && float64(waited) < rise*float64(p.guess):
		p.guess, p.fell = time.Duration(p.fall*float64(p.guess)), time.Now()
	}
	p.guess = max(p.guess, shortestWait)
	if !slower || len(p.late) > 1 {
		p.late, p.missed, p.notOver = nil, 0, 0
		p.round++
	}
}

// tell wakes all who wait.
func (p *Pace) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// duration is how long a job took that was not over after one wait and was after another. What the job tells counts where
// that is less than we know; a time in whole seconds may be a second short. Otherwise a job that was over at the first look
// took somewhat less than we waited.
func duration(told, notOver, waited time.Duration) (took time.Duration, exact bool) {
	if told > 0 && told%time.Second == 0 {
		told += time.Second
	}
	switch {
	case told > notOver && told < waited*95/100:
		return told, true
	case notOver == 0:
		return waited * 9 / 10, false
	default:
		return waited, false
	}
}

func tail(all []time.Duration, most int) []time.Duration { return all[max(0, len(all)-most):] }
