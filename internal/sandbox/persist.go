package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// header is the first line of a data file. Each further line is a JSON array of changes that hold together or not at
// all: the changes of one request, or of one bulk job.
const header = `{"format":"pvetl sandbox 1"}` + "\n"

// open reads the data file and keeps it open for what comes.
func (s *store) open(path string) error {
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("data file: %w", err)
	}
	if err := s.load(file); err != nil {
		_ = file.Close()
		return fmt.Errorf("data file %s: %w", path, err)
	}
	s.file = file
	return nil
}

// load replays the file and leaves its end where the next line goes. A last line without its end was being written
// when the process died: nobody got an answer to it, so it is cut off.
func (s *store) load(file *os.File) error {
	end, err := eachLine(file, s.replay)
	if err != nil {
		return err
	}
	s.written = len(s.journal)
	if err := file.Truncate(end); err != nil {
		return err
	}
	if _, err := file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	if end == 0 {
		_, err := file.WriteString(header)
		return err
	}
	return nil
}

// eachLine goes through the lines of a data file, but for a last one without its end, and returns where they end. A
// first line that is neither the header nor on its way to be gone through like the others, so that it is refused.
func eachLine(file io.Reader, each func(number int, line []byte) error) (end int64, err error) {
	reader := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) && (number > 1 || strings.HasPrefix(header, string(line))) {
			return end, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return end, err
		}
		if err := each(number, line); err != nil {
			return end, fmt.Errorf("line %d: %w", number, err)
		}
		end += int64(len(line))
	}
}

func (s *store) replay(number int, line []byte) error {
	changes, err := readChanges(number, line)
	if err != nil {
		return err
	}
	for _, change := range changes {
		if err := s.apply(change); err != nil {
			return err
		}
	}
	return nil
}

// commit writes what was recorded since the last commit, as one line, and has it on disk when it returns. After an
// error memory and disk differ, so that nothing more is accepted until a restart.
func (s *store) commit() error {
	if s.broken != nil || s.file == nil || s.written == len(s.journal) {
		return s.broken
	}
	line, err := encode(s.journal[s.written:])
	if err == nil {
		_, err = s.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		s.broken = fmt.Errorf("data file: %w", err)
		return s.broken
	}
	s.written = len(s.journal)
	return nil
}

func (s *store) close() error {
	if s.file == nil {
		return nil
	}
	if err := s.file.Close(); err != nil {
		return fmt.Errorf("data file: %w", err)
	}
	return nil
}
