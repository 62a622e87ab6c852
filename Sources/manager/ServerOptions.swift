import ArgumentParser

/// The server that a command asks.
struct ServerOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Where the server listens: tcp://host:port, unix:///path or unix:@name.",
            valueName: "address"))
    var address: String

    @OptionGroup var authkey: KeyOption
}
