package app

// indicatorEvents is what the files say of this room.
func (s *sampleCity) indicatorEvents() ([]event, error) { return nil, nil }
