#if canImport(FoundationEssentials)
    import FoundationEssentials

    extension Data: PickleWritable {
        func write(to state: EncodingState, path: CodingPath) { state.writer.bytes(self) }
    }

    extension Data: PickleReadable {
        static func read(_ decoder: ValueDecoder) throws -> Data { Data(try [UInt8].read(decoder)) }
    }
#endif
