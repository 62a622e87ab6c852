import ArgumentParser
struct Ping: ParsableCommand {}
